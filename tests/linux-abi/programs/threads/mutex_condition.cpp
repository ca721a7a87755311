// Mutexes of every kind and condition variables: exclusion, hand-over, timeouts.
#include "../report.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

void run_threads(int count, auto body) {
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
    std::mutex mutex;
    long counter = 0;
    run_threads(4, [&](int) {
        for (int i = 0; i < 50000; ++i) {
            const std::lock_guard lock(mutex);
            ++counter;
        }
    });
    report_number("counted under a mutex", counter);

    std::condition_variable turn_changed;
    int turn = 0;
    int hand_overs = 0;
    run_threads(2, [&](int self) {
        for (int i = 0; i < 2000; ++i) {
            std::unique_lock lock(mutex);
            turn_changed.wait(lock, [&] { return turn == self; });
            turn = 1 - self;
            ++hand_overs;
            turn_changed.notify_one();
        }
    });
    report_number("hand-overs", hand_overs);

    int waiting = 0;
    bool go = false;
    int released = 0;
    std::condition_variable all;
    std::thread starter([&] {
        for (;;) {
            const std::lock_guard lock(mutex);
            if (waiting == 6) {
                go = true;
                all.notify_all();
                return;
            }
        }
    });
    run_threads(6, [&](int) {
        std::unique_lock lock(mutex);
        ++waiting;
        all.wait(lock, [&] { return go; });
        ++released;
    });
    starter.join();
    report_number("released at once", released);

    std::unique_lock lock(mutex);
    const auto start = std::chrono::steady_clock::now();
    report("wait_for times out", all.wait_for(lock, 20ms) == std::cv_status::timeout);
    report("not before its time", std::chrono::steady_clock::now() - start >= 20ms);
    lock.unlock();

    std::timed_mutex timed;
    timed.lock();
    run_threads(1, [&](int) { report("try_lock_for times out", !timed.try_lock_for(20ms)); });
    timed.unlock();
    std::recursive_mutex recursive;
    recursive.lock();
    report("recursive", recursive.try_lock());
    recursive.unlock();
    recursive.unlock();

    std::shared_mutex shared;
    long value = 0;
    long torn = 0;
    run_threads(4, [&](int self) {
        for (int i = 0; i < 5000; ++i) {
            if (self == 0) {
                const std::unique_lock exclusive(shared);
                value += 2;
            } else {
                const std::shared_lock reading(shared);
                torn += value % 2;
            }
        }
    });
    report("readers and a writer", value == 10000 && torn == 0);
    std::once_flag once;
    int times = 0;
    run_threads(4, [&](int) { std::call_once(once, [&] { ++times; }); });
    report_number("call_once", times);
    std::mutex other;
    run_threads(4, [&](int self) {
        for (int i = 0; i < 2000; ++i) {
            if (self % 2) {
                const std::scoped_lock both(mutex, other);
                ++counter;
            } else {
                const std::scoped_lock both(other, mutex);
                ++counter;
            }
        }
    });
    report_number("two locks without deadlock", counter);
    return report_end();
}
