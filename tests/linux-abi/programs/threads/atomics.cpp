// Atomics shared by threads: counts, exchanges, 16-byte values, fences.
#include "../report.h"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace {

constexpr int count = 4;
constexpr int rounds = 100000;

void run_threads(auto body) {
    std::vector<std::thread> threads;
    for (int t = 0; t < count; ++t) {
        threads.emplace_back(body, t);
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

} // namespace

int main() {
    std::atomic<long> sum{0};
    std::atomic<std::uint8_t> small{0};
    std::atomic<std::uint64_t> bits{0};
    run_threads([&](int t) {
        for (int i = 0; i < rounds; ++i) {
            sum.fetch_add(1, std::memory_order_relaxed);
            small.fetch_add(1);
            bits.fetch_xor(std::uint64_t{1} << (t * 8 + i % 8));
        }
    });
    report_number("sum", sum);
    report_number("eight bits", small);
    report_number("bits", static_cast<long long>(bits.load()));

    std::atomic<double> real{0.0};
    run_threads([&](int) {
        for (int i = 0; i < 10000; ++i) {
            real.fetch_add(0.5);
        }
    });
    printf("real %.1f\n", real.load());

    // Message passing: what was written before the release is seen after the acquire.
    int payload = 0;
    std::atomic<int> flag{0};
    long wrong = 0;
    std::thread reader([&] {
        for (int i = 1; i <= 5000; ++i) {
            while (flag.load(std::memory_order_acquire) != i) {
                std::this_thread::yield();
            }
            wrong += payload != i * 7;
            flag.store(-i, std::memory_order_release);
        }
    });
    for (int i = 1; i <= 5000; ++i) {
        payload = i * 7;
        flag.store(i, std::memory_order_release);
        while (flag.load(std::memory_order_acquire) != -i) {
            std::this_thread::yield();
        }
    }
    reader.join();
    report_number("messages wrong", wrong);
    return report_end();
}
