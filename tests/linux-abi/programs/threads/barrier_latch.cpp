// C++20 barrier, latch, semaphores and atomic wait: phases in step, nobody early.
#include "../report.h"

#include <atomic>
#include <barrier>
#include <chrono>
#include <latch>
#include <semaphore>
#include <thread>
#include <vector>

int main() {
    constexpr int count = 6;
    constexpr int phases = 200;
    std::atomic<int> arrived{0};
    std::atomic<int> early{0};
    int completions = 0;
    std::barrier barrier(count, [&]() noexcept { ++completions; });
    std::vector<std::thread> threads;
    for (int t = 0; t < count; ++t) {
        threads.emplace_back([&] {
            for (int phase = 1; phase <= phases; ++phase) {
                ++arrived;
                barrier.arrive_and_wait();
                early += arrived < phase * count;
                barrier.arrive_and_wait();
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    report_number("completions", completions);
    report_number("early", early);

    std::latch latch(count);
    std::atomic<int> ready{0};
    threads.clear();
    for (int t = 0; t < count; ++t) {
        threads.emplace_back([&] {
            ++ready;
            latch.count_down();
        });
    }
    latch.wait();
    report("the latch opened after all", ready == count);
    for (auto& thread : threads) {
        thread.join();
    }

    std::counting_semaphore<8> slots(3);
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    threads.clear();
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) {
                slots.acquire();
                const int now = ++inside;
                int seen = most;
                while (seen < now && !most.compare_exchange_weak(seen, now)) {
                }
                std::this_thread::yield();
                --inside;
                slots.release();
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    report("never more than three inside", most <= 3 && most >= 1 && inside == 0);
    std::binary_semaphore closed(0);
    report("try_acquire_for times out", !closed.try_acquire_for(std::chrono::milliseconds(10)));

    std::atomic<int> ball{0};
    std::thread other([&] {
        for (int i = 0; i < 1000; ++i) {
            ball.wait(0);
            ball = 0;
            ball.notify_one();
        }
    });
    for (int i = 0; i < 1000; ++i) {
        ball = 1;
        ball.notify_one();
        ball.wait(1);
    }
    other.join();
    report("atomic wait, a thousand returns", ball == 0);
    return report_end();
}
