// See meter.hpp.
#include "bench/load/meter.hpp"

#include "bench/exo/program.hpp"
#include "bench/load/server.hpp"
#include "bench/load/text.hpp"
#include "bench/primitives/sampling.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/time/clock.hpp"

namespace bench::load {

std::uint64_t busy_cycles_of_linux(exo::net::Network& network) {
    constexpr std::uint64_t patience_ns = 10'000'000'000;
    exo::net::UdpSocket socket;
    require(socket.open(network).has_value(), "opening the meter's socket");
    require(socket.connect({exo::net::Ipv4Address::from_number(server_address), meter_port}).has_value(),
            "finding the meter");
    exo::net::Packet* const question = socket.allocate();
    require(question != nullptr, "allocating a packet");
    question->length = 1;
    require(socket.send(question).has_value(), "asking the meter");
    for (const std::uint64_t end = exo::deadline_in_ns(patience_ns);; network.poll()) {
        if (exo::net::Packet* const answer = socket.receive()) {
            const auto octets = answer->octets();
            // Safe: octets as characters.
            const std::uint64_t cycles = leading_number({reinterpret_cast<const char*>(octets.data()), octets.size()});
            exo::net::PacketPool::release(answer);
            return cycles;
        }
        require(read_tsc() < end, "getting an answer from the meter");
    }
}

} // namespace bench::load
