// NICs on taps of the host, which know more than a hub: several queue pairs, checksums that are left to somebody else,
// frames longer than a room. Three NICs on a bridge: several queues, checksum help, none.
#include "tests/network/taps.hpp"
#include "libos/net/open_port.hpp"
#include "libos/net/wire/checksum.hpp"
#include "tests/network/check.hpp"
#include "tests/network/frames.hpp"

namespace network_tests {

namespace {

using exo::net::Packet;
using exo::net::PacketPool;
using exo::net::Port;
namespace packet_flag = exo::net::packet_flag;
namespace port_offer = exo::net::port_offer;

constexpr std::size_t pairs = 4;
constexpr std::uint16_t udp_at = 34, payload_at = 42, flow_port = 4000;
constexpr std::uint64_t patience_ms = 5000;

struct Bench {
    Port* pair[pairs] = {};
    Port* helped = nullptr;
    Port* plain = nullptr;
};
Bench bench;

void store(std::byte* at, std::uint16_t big) {
    at[0] = static_cast<std::byte>(big >> 8);
    at[1] = static_cast<std::byte>(big);
}

void sum_header(std::byte* frame) {
    exo::net::store16(frame + 24, 0);
    exo::net::store16(frame + 24, exo::net::checksum_of(exo::net::sum_20(frame + 14)));
}

// A datagram from one station's port to the other's, without sums; of `octets` of payload that follow from `seed`.
Packet* make_datagram(Port& from, const Port& to, std::uint16_t source, std::uint16_t target, std::size_t octets,
                      std::uint8_t seed) {
    Packet* const packet = from.pool().allocate();
    if (!packet || packet->capacity < packet->offset + payload_at + octets)
        return nullptr;
    std::byte* const frame = packet->data();
    __builtin_memset(frame, 0, payload_at);
    __builtin_memcpy(frame, to.address().data(), 6);
    __builtin_memcpy(frame + 6, from.address().data(), 6);
    store(frame + 12, 0x0800);
    store(frame + 14, 0x4500);
    store(frame + 16, static_cast<std::uint16_t>(28 + octets));
    store(frame + 22, 64 << 8 | 17);
    // The same hosts both ways, so that both directions are one conversation.
    const bool forth = source >= target;
    store(frame + 26, 10 << 8), store(frame + 28, forth ? 1 : 2);
    store(frame + 30, 10 << 8), store(frame + 32, forth ? 2 : 1);
    sum_header(frame);
    store(frame + udp_at, source), store(frame + udp_at + 2, target);
    store(frame + udp_at + 4, static_cast<std::uint16_t>(8 + octets));
    for (std::size_t at = 0; at < octets; ++at)
        frame[payload_at + at] = static_cast<std::byte>(seed + at * 3);
    packet->length = static_cast<std::uint16_t>(payload_at + octets);
    return packet;
}

// Others on the host's bridge speak, too.
bool is_ours(const Packet& packet, const Port& from) {
    return packet.length >= 14 && __builtin_memcmp(packet.data() + 6, from.address().data(), 6) == 0;
}

// The next frame of `from`; null when none came in time.
Packet* next_frame(Port& at, const Port& from, std::uint64_t timeout_ms = patience_ms) {
    const std::uint64_t deadline = in_ms(timeout_ms);
    while (!has_passed(deadline)) {
        Packet* got = nullptr;
        if (at.receive({&got, 1}) == 0)
            continue;
        if (is_ours(*got, from))
            return got;
        PacketPool::release(got);
    }
    return nullptr;
}

bool carry(Port& from, Port& to, Packet* frame) {
    if (!LAB_CHECK(frame != nullptr) || !LAB_CHECK(from.send({&frame, 1}) == 1))
        return false;
    Packet* const got = next_frame(to, from);
    if (!LAB_CHECK(got != nullptr))
        return false;
    PacketPool::release(got);
    return true;
}

void pairs_are_apart(Wire&) {
    for (std::size_t one = 0; one < pairs; ++one) {
        LAB_CHECK(bench.pair[one]->address() == bench.pair[0]->address());
        for (std::size_t other = 0; other < one; ++other)
            LAB_CHECK(&bench.pair[one]->pool() != &bench.pair[other]->pool());
    }
}

// The host's tap gives what belongs to a conversation to the queue that it came from last.
void answers_come_to_their_pair(Wire&) {
    for (std::uint16_t round = 0; round < 200; ++round) {
        const std::size_t mine = round % pairs;
        const auto source = static_cast<std::uint16_t>(flow_port + 1 + round);
        if (!carry(*bench.pair[mine], *bench.helped,
                   make_datagram(*bench.pair[mine], *bench.helped, source, flow_port, 60, 1)))
            return;
        Packet* answer = make_datagram(*bench.helped, *bench.pair[0], flow_port, source, 60, 2);
        if (!LAB_CHECK(answer && bench.helped->send({&answer, 1}) == 1))
            return;
        Packet* const got = next_frame(*bench.pair[mine], *bench.helped);
        if (!LAB_CHECK(got != nullptr))
            return;
        LAB_CHECK(exo::net::load16(got->data() + udp_at + 2) == exo::net::swapped(source));
        PacketPool::release(got);
    }
}

void a_sleeper_of_each_pair_is_woken(Wire&) {
    for (std::size_t mine = 0; mine < pairs; ++mine) {
        const auto source = static_cast<std::uint16_t>(flow_port + 1000 + mine);
        if (!carry(*bench.pair[mine], *bench.helped,
                   make_datagram(*bench.pair[mine], *bench.helped, source, flow_port, 60, 1)))
            return;
        Packet* answer = make_datagram(*bench.helped, *bench.pair[0], flow_port, source, 60, 2);
        if (!LAB_CHECK(answer && bench.helped->send({&answer, 1}) == 1))
            return;
        const std::uint64_t deadline = in_ms(patience_ms);
        Packet* got = nullptr;
        while (!got && !has_passed(deadline)) {
            bench.pair[mine]->sleep(deadline);
            got = next_frame(*bench.pair[mine], *bench.helped, 1);
        }
        LAB_CHECK(got != nullptr && !has_passed(deadline));
        PacketPool::release(got);
    }
}

// Asks for the transport's sum, whose field holds that of the pseudo-header (RFC 768).
void ask_for_sum(Packet& packet) {
    std::byte* const frame = packet.data();
    const auto octets = static_cast<std::uint16_t>(packet.length - udp_at);
    const exo::net::Sum pseudo =
        exo::net::pseudo_header_sum(exo::net::load32(frame + 26), exo::net::load32(frame + 30), 17, octets);
    exo::net::store16(frame + udp_at + 6, exo::net::fold(pseudo));
    packet.flags = packet_flag::checksum_needed;
    packet.checksum_start = udp_at;
    packet.checksum_offset = 6;
}

bool is_summed(const Packet& packet) {
    const std::byte* const frame = packet.data();
    const auto octets = static_cast<std::uint16_t>(packet.length - udp_at);
    return exo::net::is_good(exo::net::add_sums(
        exo::net::sum_octets({frame + udp_at, octets}),
        exo::net::pseudo_header_sum(exo::net::load32(frame + 26), exo::net::load32(frame + 30), 17, octets)));
}

void sums_are_left_to_others(Wire&) {
    LAB_CHECK((bench.pair[0]->offers() & port_offer::transmit_checksum) != 0);
    LAB_CHECK((bench.helped->offers() & port_offer::receive_checksum) != 0);
    LAB_CHECK((bench.plain->offers() & (port_offer::receive_checksum | port_offer::transmit_checksum)) == 0);
    for (std::size_t octets = 18; octets < 1400; octets += 77) {
        for (Port* to : {bench.helped, bench.plain}) {
            Port& from = *bench.pair[octets % pairs];
            Packet* frame = make_datagram(from, *to, flow_port + 1, flow_port, octets, 7);
            if (!LAB_CHECK(frame != nullptr))
                return;
            ask_for_sum(*frame);
            LAB_CHECK(!is_summed(*frame));
            if (!LAB_CHECK(from.send({&frame, 1}) == 1))
                return;
            Packet* const got = next_frame(*to, from);
            if (!LAB_CHECK(got != nullptr))
                return;
            LAB_CHECK(got->length == payload_at + octets);
            // Whom nobody vouches to finds the sum in place; who is vouched to may find it still open.
            const bool vouched = (got->flags & packet_flag::checksum_good) != 0;
            LAB_CHECK(vouched == (to == bench.helped));
            LAB_CHECK(vouched || is_summed(*got));
            PacketPool::release(got);
        }
    }
}

// A long frame out of several packets; null when the pool is empty.
Packet* make_long(Port& from, const Port& to, std::size_t octets) {
    constexpr std::size_t piece_octets = 1800;
    Packet* const first = make_datagram(from, to, flow_port + 1, flow_port, piece_octets, 0);
    Packet* last = first;
    for (std::size_t made = piece_octets; last && made < octets; made += last->length) {
        last = last->next = from.pool().allocate();
        if (!last)
            break;
        last->length = static_cast<std::uint16_t>(octets - made < piece_octets ? octets - made : piece_octets);
        for (std::size_t at = 0; at < last->length; ++at)
            last->data()[at] = static_cast<std::byte>((made + at) * 3);
    }
    if (last && first) {
        store(first->data() + 16, static_cast<std::uint16_t>(28 + octets));
        store(first->data() + udp_at + 4, static_cast<std::uint16_t>(8 + octets));
        sum_header(first->data());
    }
    return last ? first : nullptr;
}

void long_frames_come_in_pieces(Wire&) {
    Port& from = *bench.pair[1];
    LAB_CHECK(from.frame_octets_max() == 9014);
    LAB_CHECK(bench.helped->frame_octets_max() == 9014);
    for (std::size_t octets = 2000; octets <= 8972; octets += 332) {
        Packet* frame = make_long(from, *bench.helped, octets);
        if (!LAB_CHECK(frame && from.send({&frame, 1}) == 1))
            return;
        Packet* const got = next_frame(*bench.helped, from);
        if (!LAB_CHECK(got != nullptr))
            return;
        std::size_t pieces = 0, at = 0;
        bool same = true;
        for (const Packet* piece = got; piece; piece = piece->next, ++pieces)
            for (std::size_t i = piece == got ? payload_at : 0; i < piece->length; ++i, ++at)
                same &= piece->data()[i] == static_cast<std::byte>(at * 3);
        LAB_CHECK(pieces > 1);
        LAB_CHECK(same);
        LAB_CHECK(at == octets);
        PacketPool::release(got);
    }
}

} // namespace

const Case tap_cases[5] = {
    {"four queue pairs of one NIC are four ports", pairs_are_apart},
    {"answers come to the pair that asked", answers_come_to_their_pair},
    {"a sleeper of each pair is woken", a_sleeper_of_each_pair_is_woken},
    {"sums that are left to others are made, or vouched for", sums_are_left_to_others},
    {"frames of 9,014 octets come in pieces, whole", long_frames_come_in_pieces},
};

std::optional<Wire> open_taps(const exo::StartInfo& start, exo::net::PortWishes wishes) {
    exo::net::OpenedPort ports[pairs];
    wishes.pairs = pairs;
    // The console is a function, too.
    const exo::StartFunction* nics[3] = {};
    std::size_t found = 0;
    for (std::size_t index = 0; index < start.function_count && found < 3; ++index)
        if (exo::net::is_nic(start.functions[index]))
            nics[found++] = &start.functions[index];
    if (found < 3 || exo::net::open_queue_ports(*nics[0], ports, wishes) != pairs) {
        exo::log_line({{"FAILED four queue pairs: "}, {ports[0].problem ? ports[0].problem : "too few"}});
        return {};
    }
    for (std::size_t pair = 0; pair < pairs; ++pair)
        bench.pair[pair] = ports[pair].port;
    wishes.pairs = 1;
    bench.helped = exo::net::open_port(*nics[1], wishes).port;
    wishes.checksums = false;
    bench.plain = exo::net::open_port(*nics[2], wishes).port;
    if (!bench.helped || !bench.plain) {
        exo::log_line({{"FAILED two NICs of one queue pair"}});
        return {};
    }
    return Wire{*bench.pair[0], *bench.helped};
}

} // namespace network_tests
