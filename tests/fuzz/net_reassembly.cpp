// Fuzzes reassembly: the input says which fragments of which datagrams come, and when. Every octet's value follows from
// its datagram and place, so the oracle knows what a whole one must be; beside the sanitizers it checks the bounds.
#include "libos/net/ip/reassembly.hpp"
#include "tests/unit/net/station.hpp"

#include <cstdlib>

namespace {

using namespace exo::net;
using namespace net_test;

void require(bool holds) {
    if (!holds)
        std::abort();
}

std::uint8_t octet_of(std::uint16_t datagram, std::size_t place) {
    return static_cast<std::uint8_t>(datagram * 31 + place * 7 + place / 256);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t packets_max = 64;
    Wire wire;
    FakePort port(wire, 5, {.packets = 128});
    Reassembly reassembly;
    reassembly.open(packets_max);
    for (std::size_t at = 0; at + 4 <= size; at += 4) {
        const std::uint16_t datagram = data[at] & 0x1f;
        const std::size_t begin = (data[at + 1] | (data[at] & 0x40 ? 0x1f00u : 0u)) * 8u;
        const std::size_t length = data[at] & 0x80 ? data[at + 2] : (data[at + 2] & 15u) * 8u;
        const bool more = data[at + 3] & 1;
        wire.now_ms += data[at + 3] >> 4 << 8;
        Packet* const packet = port.pool().allocate();
        require(packet != nullptr);
        for (std::size_t i = 0; i < length; i++)
            packet->data()[i] = std::byte{octet_of(datagram, begin + i)};
        packet->length = static_cast<std::uint16_t>(length);
        const Ipv4Header header{.header_octets = 20,
                                .total_octets = static_cast<std::uint16_t>(20 + length),
                                .identification = datagram,
                                .fragment =
                                    static_cast<std::uint16_t>(begin / 8 | (more ? ipv4_flag::more_fragments : 0u)),
                                .protocol = 17,
                                .source = Station::address(9),
                                .destination = Station::address(5)};
        const Reassembly::Whole whole = reassembly.add(packet, header, wire.now_ms * 1000, wire.clock());
        if (whole.first) {
            const Octets octets = contents(whole.first);
            require(octets.size() == whole.octets && whole.octets + 20 <= ipv4_octets_max);
            for (std::size_t i = 0; i < octets.size(); i++)
                require(octets[i] == octet_of(datagram, i));
            PacketPool::release(whole.first);
        }
        require(reassembly.packets() <= packets_max);
        require(port.packets_out() == reassembly.packets());
        (void)reassembly.tick(wire.now_ms * 1000);
    }
    reassembly.clear();
    require(port.packets_out() == 0);
    return 0;
}
