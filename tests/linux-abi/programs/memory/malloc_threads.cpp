// The heap shared: each thread frees what another allocated, and arenas are made
// and dropped as threads come and go.
#include "../report.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace {

class Queue {
public:
    void push(unsigned char* block) {
        const std::lock_guard lock(mutex_);
        blocks_.push_back(block);
        filled_.notify_one();
    }
    unsigned char* pop() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [this] { return !blocks_.empty(); });
        unsigned char* block = blocks_.front();
        blocks_.pop_front();
        return block;
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<unsigned char*> blocks_;
};

constexpr int pairs = 4;
constexpr int blocks_each = 4000;

} // namespace

int main() {
    std::atomic<long> intact{0};
    for (int round = 0; round < 3; ++round) {
        std::vector<Queue> queues(pairs);
        std::vector<std::thread> threads;
        for (int p = 0; p < pairs; ++p) {
            threads.emplace_back([&, p] {
                for (int i = 0; i < blocks_each; ++i) {
                    const std::size_t size = 16 + static_cast<std::size_t>(i * 37 % 3000);
                    auto* block = static_cast<unsigned char*>(malloc(size));
                    memset(block, i & 0xff, size);
                    queues[p].push(block);
                }
            });
            threads.emplace_back([&, p] {
                for (int i = 0; i < blocks_each; ++i) {
                    unsigned char* block = queues[p].pop();
                    const std::size_t size = 16 + static_cast<std::size_t>(i * 37 % 3000);
                    intact += block[0] == (i & 0xff) && block[size - 1] == (i & 0xff);
                    free(block);
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
    }
    report_number("blocks intact", intact);
    return report_end();
}
