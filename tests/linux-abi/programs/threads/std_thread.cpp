// std::thread: results, identities, moving, detaching, yielding, many at once.
#include "../report.h"

#include <atomic>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

int main() {
    std::vector<long> sums(16);
    std::vector<std::thread> threads;
    for (int t = 0; t < 16; ++t) {
        threads.emplace_back([&sums, t] {
            for (long i = 0; i < 100000; ++i) {
                sums[static_cast<std::size_t>(t)] += i % (t + 1);
            }
        });
    }
    std::set<std::thread::id> identities;
    for (auto& thread : threads) {
        identities.insert(thread.get_id());
    }
    report_number("distinct identities", static_cast<long long>(identities.size()));
    for (auto& thread : threads) {
        thread.join();
    }
    report_number("sum", std::accumulate(sums.begin(), sums.end(), 0L));
    report("joined threads are not joinable", !threads[0].joinable());
    std::atomic<int> done{0};
    std::thread first([&] { ++done; });
    std::thread second = std::move(first);
    report("moved", !first.joinable() && second.joinable());
    second.join();
    std::thread([&] {
        done = 2;
        done.notify_all();
    }).detach();
    while (done != 2) {
        std::this_thread::yield();
    }
    report("a detached thread ran", 1);
    report("hardware_concurrency", std::thread::hardware_concurrency() >= 1);
    std::jthread stoppable([](const std::stop_token& token) {
        while (!token.stop_requested()) {
            std::this_thread::yield();
        }
    });
    stoppable.request_stop();
    stoppable.join();
    report("a jthread stops when asked", 1);
    return report_end();
}
