// See table.hpp. Removal moves later entries back, so that probing stops at the first free slot.
#include "libos/net/udp/table.hpp"

namespace exo::net {

namespace {

bool has_peer(std::uint64_t key) {
    return key >> 16 != 0;
}

} // namespace

bool UdpTable::insert(std::uint64_t key, Ipv4Address local, UdpSocket& socket) {
    if (count_ >= udp_sockets_max)
        return false;
    std::size_t at = slot_of(key);
    while (slots_[at].socket)
        at = next(at);
    slots_[at] = {key, &socket, local};
    count_++;
    peers_ += has_peer(key);
    return true;
}

bool UdpTable::remove(std::uint64_t key, const UdpSocket& socket) {
    std::size_t hole = slot_of(key);
    while (slots_[hole].socket != &socket || slots_[hole].key != key) {
        if (!slots_[hole].socket)
            return false;
        hole = next(hole);
    }
    count_--;
    peers_ -= has_peer(key);
    for (std::size_t at = next(hole); slots_[at].socket; at = next(at)) {
        // An entry may move to the hole unless its own slot lies behind the hole, up to where it is.
        const std::size_t home = slot_of(slots_[at].key);
        if (((at - home) & (slots - 1)) >= ((at - hole) & (slots - 1))) {
            slots_[hole] = slots_[at];
            hole = at;
        }
    }
    slots_[hole] = {};
    return true;
}

bool UdpTable::is_taken(Endpoint local) const {
    for (const Slot& slot : slots_)
        if (slot.socket && static_cast<std::uint16_t>(slot.key) == local.port &&
            (local.address.is_any() || slot.local.is_any() || slot.local == local.address))
            return true;
    return false;
}

} // namespace exo::net
