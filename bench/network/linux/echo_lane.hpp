// A Lane whose other end is the XDP program that sends datagrams back from inside the driver; the client is an AF_XDP
// socket, as in RawLane.
#pragma once

#include "bench/network/linux/bpf_program.hpp"
#include "bench/network/linux/xdp_ring.hpp"

#include <cstdio>
#include <string_view>
#include <unistd.h>

namespace bench::network {

class EchoLane {
public:
    static constexpr bool answers_in_kernel = true;

    EchoLane()
        : client_mac_(interface_mac(client_interface)), other_mac_(interface_mac(other_interface)),
          client_(client_interface) {
        bring_up(other_interface);
        std::printf("%s: XDP attached in the %s\n", other_interface, attach_echo(interface_index(other_interface)));
        std::fflush(stdout);
    }

    std::size_t send(std::size_t count, std::size_t payload_bytes) {
        std::size_t done = 0;
        for (std::uint8_t* room; done < count && (room = client_.room()) != nullptr; ++done)
            client_.put(write_datagram(room, client_mac_, other_mac_, client_address, other_address, payload_bytes));
        client_.flush();
        return done;
    }
    std::size_t echo(std::size_t count) { return count; } // nothing to be done here
    std::size_t receive(std::size_t count) {
        std::size_t came = 0, octets = 0;
        for (std::uint8_t* frame; came < count && (frame = client_.next(octets)) != nullptr; client_.done())
            if (const std::size_t payload = read_datagram(frame, octets, client_address); payload != not_ours) {
                bytes_ += payload;
                came++;
            }
        return came;
    }
    std::size_t drain(std::size_t, std::size_t) { return 0; }
    std::uint64_t payload_bytes_received() const { return bytes_; }
    void print(std::string_view text) {
        check(::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "printing");
    }

private:
    Mac client_mac_, other_mac_;
    XdpSocket client_;
    std::uint64_t bytes_ = 0;
};

} // namespace bench::network
