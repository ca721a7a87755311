// What may be chosen when a NIC is opened.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::net {

struct PortWishes {
    std::uint16_t pairs = 1;          // queue pairs, each a port; a NIC may have fewer
    std::uint16_t ring_entries = 256; // of each queue, at most; powers of two
    std::size_t packets = 1024;       // of each port's pool
    bool packed = true;               // virtio: packed rings, where offered
    bool checksums = true;            // the NIC's help with checksums, where offered
    bool promiscuous = false;         // every frame that passes, not only those for this NIC
};

} // namespace exo::net
