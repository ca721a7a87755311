// Exceptions: through many frames, rethrown, nested, from constructors, through
// C callbacks, as exception_ptr, and the stack unwound in the right order.
#include "../report.h"

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::string order;

struct Trace {
    char letter;
    explicit Trace(char c) : letter(c) {}
    ~Trace() { order += letter; }
};

void dive(int depth) {
    const Trace trace(static_cast<char>('a' + depth));
    if (depth == 0) {
        throw std::runtime_error("bottom");
    }
    dive(depth - 1);
}

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {};
struct Throws {
    Trace member{'m'};
    Throws() { throw 5; }
};

int compare(const void*, const void*) {
    throw std::logic_error("from qsort");
}

} // namespace

int main() {
    try {
        dive(9);
    } catch (const std::exception& error) {
        report_text("caught", error.what());
        report_text("unwound", order.c_str());
    }
    try {
        try {
            throw Derived();
        } catch (const Base&) {
            throw;
        }
    } catch (const Derived&) {
        report("rethrown with its own type", 1);
    }
    order.clear();
    try {
        Throws object;
    } catch (int value) {
        report("members of a failed constructor are destroyed", value == 5 && order == "m");
    }
    try {
        try {
            throw std::runtime_error("inner");
        } catch (...) {
            std::throw_with_nested(std::logic_error("outer"));
        }
    } catch (const std::exception& outer) {
        try {
            std::rethrow_if_nested(outer);
        } catch (const std::exception& inner) {
            report("nested", std::string(outer.what()) + inner.what() == "outerinner");
        }
    }
    int numbers[2] = {2, 1};
    try {
        qsort(numbers, 2, sizeof(int), compare);
    } catch (const std::logic_error& error) {
        report_text("through C frames", error.what());
    }
    std::exception_ptr kept;
    try {
        std::vector<int>().at(3);
    } catch (...) {
        kept = std::current_exception();
    }
    try {
        std::rethrow_exception(kept);
    } catch (const std::out_of_range&) {
        report("kept and thrown later", 1);
    }
    try {
        const std::function<void()> empty;
        empty();
    } catch (const std::bad_function_call&) {
        report("bad_function_call", 1);
    }
    try {
        const std::size_t huge = static_cast<std::size_t>(1) << 62;
        std::unique_ptr<char[]> block(new char[huge]);
    } catch (const std::bad_alloc&) {
        report("bad_alloc", 1);
    }
    for (int i = 0; i < 10000; ++i) {
        try {
            throw i;
        } catch (int value) {
            if (value != i) {
                report("ten thousand throws", 0);
            }
        }
    }
    report_number("uncaught", std::uncaught_exceptions());
    return report_end();
}
