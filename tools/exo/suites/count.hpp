// Counts the test cases of one run from what it printed and how it ended. Pessimistic: a run that ends badly, prints no
// summary or runs no case has failed, whatever its summary claims.
#pragma once

#include "tools/exo/suites/table.hpp"

#include <string_view>

namespace exo::tool {

struct CaseCount {
    unsigned passed = 0;
    unsigned failed = 0;

    CaseCount& operator+=(const CaseCount& other) {
        passed += other.passed;
        failed += other.failed;
        return *this;
    }
    bool operator==(const CaseCount&) const = default;
};

// `ended_well`: the process exited by itself, in time, with status 0.
CaseCount count_cases(Counting counting, std::string_view output, bool ended_well);

} // namespace exo::tool
