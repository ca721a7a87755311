// See lzf.hpp. Packed are runs, each with a head: 000nnnnn, n + 1 octets follow as they are; or nnnooooo oooooooo, n +
// 2 octets once more that stand o + 1 before the end of what is there; where n is 7, an octet to be added to it stands
// between these two.
#include "libos-kv/data/lzf.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::kv {

bool unpack_lzf(std::string_view packed, char* out, std::size_t size) {
    std::size_t at = 0, done = 0;
    auto octet = [&](std::size_t index) -> std::size_t { return static_cast<unsigned char>(packed[index]); };
    while (at < packed.size()) {
        const std::size_t head = octet(at++);
        if (head < 32) {
            const std::size_t run = head + 1;
            if (run > packed.size() - at || run > size - done)
                return false;
            copy_bytes(out + done, packed.data() + at, run);
            at += run;
            done += run;
            continue;
        }
        std::size_t run = head >> 5;
        if (packed.size() - at < (run == 7 ? 2u : 1u))
            return false;
        if (run == 7)
            run += octet(at++);
        run += 2;
        const std::size_t back = ((head & 31) << 8 | octet(at++)) + 1;
        if (back > done || run > size - done)
            return false;
        // They may be among those that are being written.
        for (; run; run--, done++)
            out[done] = out[done - back];
    }
    return done == size;
}

} // namespace exo::kv
