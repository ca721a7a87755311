// A virtio NIC whose whole function the environment owns: its bring-up and what its ports share. One port a queue pair
// (port_virtio.hpp); most programs only want open_port.hpp.
#pragma once

#include "drivers/virtio-net/control.hpp"
#include "libos/device/virtio_surroundings.hpp"
#include "libos/net/packet_memory.hpp"
#include "libos/net/port_wishes.hpp"

namespace exo::net {

class VirtioNic {
public:
    VirtioNic() = default;
    VirtioNic(const VirtioNic&) = delete; // its ports refer to it where it stands
    VirtioNic& operator=(const VirtioNic&) = delete;

    // Brings the NIC up as far as its queues: then each of `pairs()` ports is opened, then start(). Null, or what went
    // wrong, in words.
    const char* open(const StartFunction& granted, const PortWishes& wishes);
    const char* start();
    // Takes everything back from the NIC. False when it did not obey: then no packet of it may be used again.
    bool reset() { return control_.reset(); }

    const PortWishes& wishes() const { return wishes_; }
    const virtio_net::Facts& facts() const { return control_.facts(); }
    virtio_net::Control& control() { return control_; }
    VirtioSurroundings& surroundings() { return surroundings_; }
    Function& function() { return surroundings_.function(); }
    // Octets of the longest frame, Ethernet's header included.
    std::uint16_t frame_octets_max() const { return frame_octets_max_; }

private:
    VirtioSurroundings surroundings_;
    virtio_net::Control control_;
    PortWishes wishes_;
    std::uint16_t frame_octets_max_ = 1514;
};

} // namespace exo::net
