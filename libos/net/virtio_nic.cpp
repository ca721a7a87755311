// See virtio_nic.hpp.
#include "libos/net/virtio_nic.hpp"

namespace exo::net {

namespace {

constexpr std::uint32_t ethernet_header_octets = 14;
// What one packet holds of a frame that comes.
constexpr std::uint32_t room_octets = packet_buffer_bytes - packet_headroom;

} // namespace

const char* VirtioNic::open(const StartFunction& granted, const PortWishes& wishes) {
    wishes_ = wishes;
    if (!surroundings_.open(granted))
        return "the NIC's function cannot be bound";
    virtio_net::Wishes wish{.pairs = wishes.pairs,
                            .packed = wishes.packed,
                            .checksums = wishes.checksums,
                            .promiscuous = wishes.promiscuous};
    auto opened = control_.open(surroundings_.environment(), wish);
    if (opened && facts().mtu + ethernet_header_octets > room_octets) {
        wish.mergeable = true;
        opened = control_.open(surroundings_.environment(), wish);
    }
    if (!opened)
        return virtio::describe(opened.error());
    std::uint32_t octets = facts().mtu + ethernet_header_octets;
    if (octets > room_octets && !facts().has(virtio_net::feature::mergeable_buffers))
        octets = room_octets;
    if (octets > UINT16_MAX)
        octets = UINT16_MAX;
    frame_octets_max_ = static_cast<std::uint16_t>(octets);
    return nullptr;
}

const char* VirtioNic::start() {
    const auto started = control_.start();
    return started ? nullptr : virtio::describe(started.error());
}

} // namespace exo::net
