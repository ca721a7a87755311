// Fuzzes what comes from the wire: frames of Ethernet, ARP, IPv4, ICMP, UDP, DHCP and TCP at a station that has
// sockets, a connection being opened and a DHCP client. An input is frames, each behind two octets of length; with the
// top bit the frame's sums are made right first, so that what lies behind them is reached. The oracle: the sanitizers,
// and that every packet is back in the pool.
#include "libos/net/dhcp/client.hpp"
#include "libos/net/tcp/listener.hpp"
#include "libos/net/udp/socket.hpp"
#include "tests/unit/net/station.hpp"

#include <cstdlib>

namespace {

using namespace exo::net;
using namespace net_test;

void require(bool holds) {
    if (!holds)
        std::abort();
}

// Makes the sums of an IPv4 frame and of what it carries right, as far as its lengths reach.
void mend(Octets& frame) {
    if (frame.size() < 34 || frame[12] != 8 || frame[13] != 0)
        return;
    auto* const ip = reinterpret_cast<std::byte*>(frame.data()) + 14; // Safe: octets.
    const std::size_t header = (frame[14] & 15u) * 4u;
    if (header < 20 || 14 + header > frame.size())
        return;
    store16(ip + 10, 0);
    store16(ip + 10, checksum_of(sum_octets({ip, header})));
    const std::size_t total = big16(ip + 2);
    if (total < header || 14 + total > frame.size())
        return;
    const std::size_t size = total - header;
    const std::uint8_t protocol = frame[23];
    const std::size_t field = protocol == 1 ? 2 : protocol == 6 ? 16 : protocol == 17 ? 6 : size;
    if (field + 2 > size)
        return;
    store16(ip + header + field, 0);
    const Sum pseudo =
        protocol == 1 ? 0
                      : pseudo_header_sum(load32(ip + 12), load32(ip + 16), protocol, static_cast<std::uint16_t>(size));
    store16(ip + header + field, checksum_of(add_sums(sum_octets({ip + header, size}), pseudo)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Wire wire;
    Station station(wire, 5, {.packets = 256});
    station.interface.set_address({Station::address(5), 24, Station::address(1)});
    DhcpClient client; // lives as long as its network is polled
    TcpStack stack;
    require(stack.open(station.network).has_value());
    {
        UdpSocket socket;
        TcpListener listener;
        TcpStream stream;
        require(socket.open(station.network, {any_address, 7}).has_value());
        require(listener.open(stack, {any_address, 80}).has_value());
        require(stream.connect(stack, {Station::address(9), 80}, {any_address, 4000}).has_value());
        if (size != 0 && data[0] & 1) {
            station.interface.clear_address();
            require(client.begin(station.interface).has_value());
        }
        for (std::size_t at = 1; at + 2 <= size;) {
            const std::size_t length = std::min<std::size_t>((data[at] & 7u) << 8 | data[at + 1], size - at - 2);
            Octets frame(data + at + 2, data + at + 2 + length);
            if (data[at] & 0x80)
                mend(frame);
            station.port.put(frame);
            wire.now_ms += data[at] & 0x40 ? 100 : 0;
            settle(wire, station);
            at += 2 + length;
            if (Packet* const packet = socket.receive(); packet && !socket.send_to(packet, UdpSocket::source(*packet)))
                PacketPool::release(packet);
            (void)listener.accept();
            if (Packet* const packet = stream.receive())
                PacketPool::release(packet);
        }
    }
    stack.close();
    station.interface.clear_address();
    settle(wire, station);
    // What is left are fragments that wait for others.
    require(station.port.packets_out() <= 128);
    wire.now_ms += reassembly_time_ms + 1;
    (void)station.interface.tick(wire.now_ms * 1000);
    station.interface.flush();
    station.interface.clear_address();
    require(station.port.packets_out() == 0);
    return 0;
}
