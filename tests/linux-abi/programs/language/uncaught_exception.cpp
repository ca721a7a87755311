// An exception nobody catches ends the program by abort, after the terminate handler.
#include "../report.h"

#include <exception>
#include <stdexcept>

int main() {
    std::set_terminate([] {
        report("the terminate handler runs", std::current_exception() != nullptr);
        fflush(stdout);
        abort();
    });
    throw std::runtime_error("nobody");
}
