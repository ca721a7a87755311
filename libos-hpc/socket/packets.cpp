// Interface: packets.hpp.
#include "libos-hpc/socket/packets.hpp"

#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {

bool fill_chain(net::Packet& first, Pieces pieces) {
    net::Packet* last = &first;
    for (const linux_abi::IoVector& piece : pieces) {
        for (std::size_t done = 0; done < piece.length;) {
            if (last->tail_room() == 0) {
                net::Packet* const more = first.pool->allocate();
                if (!more)
                    return false;
                last = last->next = more;
            }
            const std::size_t part = std::min<std::size_t>(last->tail_room(), piece.length - done);
            copy_bytes(last->data() + last->length, piece.base + done, part);
            last->length = static_cast<std::uint16_t>(last->length + part);
            done += part;
        }
    }
    return true;
}

} // namespace exo::hpc
