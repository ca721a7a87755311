// What the tests of files share: disks, a clock that counts, a player.
#pragma once

#include "tests/unit/files/play.hpp"
#include "tests/unit/store/play.hpp"

namespace files_test {

// A second a look.
inline Clock counting_clock() {
    static std::int64_t seconds = 1'000'000'000;
    return {[](void*) { return ++seconds * 1'000'000'000; }, nullptr};
}

} // namespace files_test
