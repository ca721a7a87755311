// C++20 coroutines: frames on the heap, suspended and resumed, also by another thread.
#include "../report.h"

#include <coroutine>
#include <thread>

namespace {

struct Generator {
    struct promise_type {
        int current = 0;
        Generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int value) {
            current = value;
            return {};
        }
        void return_void() {}
        void unhandled_exception() { abort(); }
    };
    std::coroutine_handle<promise_type> handle;
    int next() {
        handle.resume();
        return handle.promise().current;
    }
};

Generator squares() {
    for (int i = 0;; ++i) {
        co_yield i* i;
    }
}

} // namespace

int main() {
    Generator generator = squares();
    long sum = 0;
    for (int i = 0; i < 1000; ++i) {
        sum += generator.next();
    }
    report_number("sum of squares", sum);
    int from_thread = 0;
    std::thread([&] { from_thread = generator.next(); }).join();
    report_number("resumed elsewhere", from_thread);
    generator.handle.destroy();
    return report_end();
}
