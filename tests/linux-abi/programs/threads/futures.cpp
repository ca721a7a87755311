// Futures: async, promise, packaged_task, shared, exceptions carried across threads.
#include "../report.h"

#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {
long fibonacci(int n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
} // namespace

int main() {
    std::vector<std::future<long>> results;
    for (int i = 0; i < 12; ++i) {
        results.push_back(std::async(std::launch::async, fibonacci, 10 + i));
    }
    for (auto& result : results) {
        report_number("fibonacci", result.get());
    }
    auto lazy = std::async(std::launch::deferred, [] { return std::this_thread::get_id(); });
    report("deferred runs here", lazy.get() == std::this_thread::get_id());

    std::promise<int> promise;
    auto future = promise.get_future();
    report("not ready yet", future.wait_for(5ms) == std::future_status::timeout);
    std::thread([&] { promise.set_value(99); }).join();
    report_number("promised", future.get());

    auto failing = std::async(std::launch::async, []() -> int { throw std::runtime_error("in another thread"); });
    try {
        failing.get();
    } catch (const std::runtime_error& error) {
        report_text("carried over", error.what());
    }
    std::packaged_task<int(int)> task([](int x) { return x * x; });
    auto squared = task.get_future();
    std::thread(std::move(task), 12).join();
    report_number("packaged", squared.get());

    std::promise<void> gate;
    const std::shared_future<void> open(gate.get_future());
    std::vector<std::future<int>> waiters;
    for (int i = 0; i < 5; ++i) {
        waiters.push_back(std::async(std::launch::async, [open, i] {
            open.wait();
            return i;
        }));
    }
    gate.set_value();
    int total = 0;
    for (auto& waiter : waiters) {
        total += waiter.get();
    }
    report_number("all passed the gate", total);
    std::future<int> broken;
    {
        std::promise<int> dropped;
        broken = dropped.get_future();
    }
    try {
        broken.get();
    } catch (const std::future_error& error) {
        report("a broken promise", error.code() == std::future_errc::broken_promise);
    }
    return report_end();
}
