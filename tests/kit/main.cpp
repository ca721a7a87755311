// Runs every case, one line each.
#include "tests/kit/check.hpp"

namespace kit_tests {

namespace {

unsigned failures; // of the running case

template <std::size_t Count>
unsigned run_all(const Case (&cases)[Count]) {
    unsigned failed = 0;
    for (const Case& one : cases) {
        failures = 0;
        one.run();
        exo::log_line({{failures ? "FAILED " : "ok "}, {one.name}});
        failed += failures != 0;
    }
    return failed;
}

} // namespace

void check(bool holds, const char* what, const char* file, unsigned line) {
    if (holds)
        return;
    ++failures;
    exo::log_line({{file}, {":"}, exo::decimal(line), {": does not hold: "}, {what}});
}

} // namespace kit_tests

int exo_main(const exo::StartInfo&) {
    using namespace kit_tests;
    const unsigned failed = run_all(upcall_cases) + run_all(event_cases) + run_all(revocation_cases);
    return failed ? 1 : 0;
}
