// Carries 9P messages over a virtio 9P device. The device's pieces are found by their device addresses.
// Next: transport.hpp, whose contract this fulfils, and drivers/virtio-9p/request_queue.hpp.
#pragma once

#include "drivers/virtio-9p/request_queue.hpp"
#include "libos/ninep/connection.hpp"

namespace exo::ninep {

class VirtioTransport {
public:
    // `queue` has been brought up and outlives this object, which must stay where it is.
    explicit VirtioTransport(virtio_9p::RequestQueue& queue) : queue_(queue) {}
    VirtioTransport(const VirtioTransport&) = delete;
    VirtioTransport& operator=(const VirtioTransport&) = delete;

    Transport transport();

private:
    static VirtioTransport& self(void* context) { return *static_cast<VirtioTransport*>(context); }
    SendResult send(std::uint16_t exchange, std::span<const Piece> request, std::span<const Piece> reply);
    Finished poll();

    virtio_9p::RequestQueue& queue_;
    std::uint16_t exchange_of_chain_[virtio_9p::queue_size_max] = {};
};

} // namespace exo::ninep
