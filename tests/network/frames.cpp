// See frames.hpp. Behind the Ethernet header: the number, the length, and octets that follow from both.
#include "tests/network/frames.hpp"

#include "libos/upcall/mask.hpp"

namespace network_tests {

namespace {

constexpr std::size_t header_octets = 14, body = header_octets + 6;
constexpr std::uint8_t experimental_type[] = {0x88, 0xb5}; // IEEE 802 local experimental EtherType 1

std::uint8_t pattern(std::uint32_t number, std::size_t place) {
    return static_cast<std::uint8_t>(number * 31 + place * 7 + (place >> 8));
}

} // namespace

exo::net::Packet* make_frame(exo::net::Port& from, exo::net::Port& to, std::uint32_t number, std::uint16_t octets) {
    exo::net::Packet* packet = from.pool().allocate();
    if (!packet)
        return nullptr;
    packet->length = octets;
    auto* const frame = reinterpret_cast<std::uint8_t*>(packet->data());
    for (std::size_t index = 0; index < 6; ++index) {
        frame[index] = to.address()[index];
        frame[6 + index] = from.address()[index];
    }
    frame[12] = experimental_type[0];
    frame[13] = experimental_type[1];
    __builtin_memcpy(frame + header_octets, &number, 4);
    __builtin_memcpy(frame + header_octets + 4, &octets, 2);
    for (std::size_t place = body; place < octets; ++place)
        frame[place] = pattern(number, place);
    return packet;
}

bool is_frame(const exo::net::Packet& packet, std::uint32_t number, std::uint16_t octets) {
    if (packet.length != octets || packet.next)
        return false;
    const auto* const frame = reinterpret_cast<const std::uint8_t*>(packet.data());
    std::uint32_t number_there;
    std::uint16_t octets_there;
    __builtin_memcpy(&number_there, frame + header_octets, 4);
    __builtin_memcpy(&octets_there, frame + header_octets + 4, 2);
    bool same = frame[12] == experimental_type[0] && frame[13] == experimental_type[1] && number_there == number &&
                octets_there == octets;
    for (std::size_t place = body; place < octets; ++place)
        same &= frame[place] == pattern(number, place);
    return same;
}

std::uint32_t number_of(const exo::net::Packet& packet) {
    std::uint32_t number = 0;
    if (packet.length >= body)
        __builtin_memcpy(&number, packet.data() + header_octets, 4);
    return number;
}

std::size_t receive_all(exo::net::Port& port, std::span<exo::net::Packet*> into, std::uint64_t timeout_ms) {
    const std::uint64_t deadline = in_ms(timeout_ms);
    std::size_t count = 0;
    while (count < into.size() && !has_passed(deadline)) {
        const std::size_t more = port.receive(into.subspan(count));
        count += more;
        if (more == 0)
            exo::pause();
    }
    return count;
}

} // namespace network_tests
