// See kept.hpp.
#include "tests/unit/coding/kept.hpp"

#include "libos/coding/checksum.hpp"

namespace coding_test {

void do_kept_work(void* argument) {
    KeptWork& work = *static_cast<KeptWork*>(argument);
    work.sum = exo::coding::crc64(0, work.page, 4096) ^ exo::coding::crc32c(0, work.page, 4096);
    work.encoding->make(256, work.data, work.parity);
}

} // namespace coding_test
