// Exceptions in many threads at once: each unwinds its own stack, and an
// exception_ptr made in one is thrown in another.
#include "../report.h"

#include <atomic>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

std::atomic<int> destroyed{0};
struct Counted {
    ~Counted() { ++destroyed; }
};

void dive(int depth) {
    const Counted counted;
    if (depth == 0) {
        throw std::runtime_error("deep");
    }
    dive(depth - 1);
}

} // namespace

int main() {
    std::atomic<int> caught{0};
    std::vector<std::exception_ptr> kept(8);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kept.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 300; ++i) {
                try {
                    dive(20);
                } catch (const std::runtime_error&) {
                    ++caught;
                }
            }
            try {
                throw std::invalid_argument("thread " + std::to_string(t));
            } catch (...) {
                kept[t] = std::current_exception();
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    report_number("caught", caught);
    report_number("destroyed", destroyed);
    for (const auto& exception : kept) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::invalid_argument& error) {
            report_text("from", error.what());
        }
    }
    return report_end();
}
