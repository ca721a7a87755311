// Work with the vector unit that is itself compiled as library OSes are: what changes registers is the library's code.
#pragma once

#include "libos/coding/erasure.hpp"

namespace coding_test {

struct KeptWork {
    const std::byte* page = nullptr; // 4096 octets
    const exo::coding::Recipe* encoding = nullptr;
    std::byte *data[3] = {}, *parity[2] = {}; // 256 octets each
    std::uint64_t sum = 0;                    // becomes CRC64 exclusive-or CRC32C of the page
};
void do_kept_work(void* work);

} // namespace coding_test
