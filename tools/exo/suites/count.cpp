// The three ways of counting. A doctest summary line is "[doctest] test cases: 3 | 2 passed | 1 failed | 0 skipped";
// a program that runs inside the machine prints the same line on its stdout.
#include "tools/exo/suites/count.hpp"

#include <charconv>
#include <optional>

namespace exo::tool {

namespace {

constexpr std::string_view summary_start = "[doctest] test cases:";

// The number that stands before `word` in `line`, such as 2 in "| 2 passed |".
std::optional<unsigned> number_before(std::string_view line, std::string_view word) {
    const std::size_t at = line.find(word);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::size_t end = line.find_last_not_of(' ', at - 1);
    const std::size_t start = line.find_last_not_of("0123456789", end);
    unsigned number = 0;
    const char* first = line.data() + (start == std::string_view::npos ? 0 : start + 1);
    if (std::from_chars(first, line.data() + end + 1, number).ec != std::errc())
        return std::nullopt;
    return number;
}

void count_line(Counting counting, std::string_view line, CaseCount& count) {
    if (counting == Counting::ok_lines) {
        count.passed += line.starts_with("ok ");
        count.failed += line.starts_with("FAILED ");
    } else if (counting == Counting::doctest && line.starts_with(summary_start)) {
        const auto passed = number_before(line, " passed");
        const auto failed = number_before(line, " failed");
        count.passed += passed.value_or(0);
        count.failed += failed.value_or(1);
    }
}

} // namespace

CaseCount count_cases(Counting counting, std::string_view output, bool ended_well) {
    CaseCount count;
    while (!output.empty()) {
        const std::size_t newline = output.find('\n');
        count_line(counting, output.substr(0, newline), count);
        output.remove_prefix(newline == std::string_view::npos ? output.size() : newline + 1);
    }
    if (counting == Counting::whole_run && ended_well)
        count.passed = 1;
    const bool nothing_ran = count.passed + count.failed == 0;
    if (nothing_ran || (!ended_well && count.failed == 0))
        ++count.failed;
    return count;
}

} // namespace exo::tool
