// The page that a child and the test share: the child writes what it saw, the test reads and steers.
// Words mean what the test and the child function agree on.
#pragma once

#include <cstdint>

namespace lab {

struct Board {
    volatile std::uint64_t done; // the child sets it last
    volatile std::uint64_t go;   // the test sets it to let the child go on
    volatile std::uint64_t beat; // counts while the child runs
    volatile std::int64_t result[32];
    volatile std::uint64_t word[64];
};

} // namespace lab
