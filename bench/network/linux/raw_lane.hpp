// A Lane over rings of raw frames, one on each NIC. The program builds and checks the datagrams itself; the interfaces
// have no address, so that no stack answers. A Ring offers what PacketRing does.
#pragma once

#include "bench/network/linux/interface.hpp"

#include <cstring>
#include <string_view>
#include <unistd.h>

namespace bench::network {

template <class Ring>
class RawLane {
public:
    // What the rings are told beside their interfaces.
    template <typename... Options>
    explicit RawLane(Options... options)
        : client_mac_(Ring::address_on_wire(interface_mac(client_interface))),
          other_mac_(Ring::address_on_wire(interface_mac(other_interface))), client_(client_interface, options...),
          other_(other_interface, options...) {}

    std::size_t send(std::size_t count, std::size_t payload_bytes) {
        std::size_t done = 0;
        for (std::uint8_t* room; done < count && (room = client_.room()) != nullptr; ++done)
            client_.put(write_datagram(room, client_mac_, other_mac_, client_address, other_address, payload_bytes));
        client_.flush();
        return done;
    }

    std::size_t echo(std::size_t count) {
        std::size_t came = 0, octets = 0;
        for (std::uint8_t* frame; came < count && (frame = other_.next(octets)) != nullptr; other_.done()) {
            const std::size_t payload = read_datagram(frame, octets, other_address);
            std::uint8_t* const room = other_.room();
            if (payload == not_ours || room == nullptr)
                continue;
            std::memcpy(room, frame, octets);
            turn_round(room);
            other_.put(octets);
            bytes_ += payload;
            came++;
        }
        if (came != 0)
            other_.flush();
        return came;
    }

    std::size_t receive(std::size_t count) { return take(client_, client_address, count, any_size); }
    std::size_t drain(std::size_t count, std::size_t payload_bytes) {
        return take(other_, other_address, count, payload_bytes);
    }
    std::uint64_t payload_bytes_received() const { return bytes_; }

    void print(std::string_view text) {
        check(::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "printing");
    }

private:
    std::size_t take(Ring& ring, std::uint32_t address, std::size_t count, std::size_t size) {
        std::size_t came = 0, octets = 0;
        for (std::uint8_t* frame; came < count && (frame = ring.next(octets)) != nullptr; ring.done())
            if (const std::size_t payload = read_datagram(frame, octets, address); is_counted(payload, size)) {
                bytes_ += payload;
                came++;
            }
        return came;
    }

    Mac client_mac_, other_mac_;
    Ring client_, other_;
    std::uint64_t bytes_ = 0;
};

} // namespace bench::network
