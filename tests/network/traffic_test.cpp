// What is sent arrives whole, once and in order: every length, bursts, many rounds of the rings, and more than the
// receiver has room for.
#include "tests/network/check.hpp"
#include "tests/network/frames.hpp"

namespace network_tests {

namespace {

using exo::net::Packet;
using exo::net::PacketPool;
using exo::net::Port;

constexpr std::uint64_t patience_ms = 5000;

// Cuts a frame into `pieces` packets, each but the last of `octets`.
Packet* cut(Packet* frame, std::size_t pieces, std::uint16_t octets) {
    Packet* last = frame;
    while (--pieces != 0) {
        Packet* rest = frame->pool->allocate();
        if (!rest)
            return nullptr;
        rest->length = static_cast<std::uint16_t>(last->length - octets);
        __builtin_memcpy(rest->data(), last->data() + octets, rest->length);
        last->length = octets;
        last->next = rest;
        last = rest;
    }
    return frame;
}

void in_pieces(Wire& wire) {
    for (const bool back : {false, true}) {
        Port& from = back ? wire.b : wire.a;
        Port& to = back ? wire.a : wire.b;
        if (!LAB_CHECK((from.offers() & exo::net::port_offer::chained_transmit) != 0))
            return;
        const std::size_t free = from.pool().free_count();
        for (std::uint32_t number = 0; number < 2000; ++number) {
            const std::size_t pieces = 1 + number % exo::net::frame_pieces_max;
            const auto octets = static_cast<std::uint16_t>(200 + number % 1300);
            Packet* frame = make_frame(from, to, number, octets);
            frame = frame ? cut(frame, pieces, static_cast<std::uint16_t>(14 + number % 11)) : nullptr;
            if (!LAB_CHECK(frame && from.send({&frame, 1}) == 1))
                return;
            Packet* got = nullptr;
            if (!LAB_CHECK(receive_all(to, {&got, 1}, patience_ms) == 1))
                return;
            LAB_CHECK(is_frame(*got, number, octets));
            PacketPool::release(got);
        }
        // Every piece comes back, but for the few frames that the port has not looked at.
        LAB_CHECK(from.pool().free_count() + 64 * exo::net::frame_pieces_max >= free);
    }
}

void identity(Wire& wire) {
    LAB_CHECK(wire.a.address() != wire.b.address());
    LAB_CHECK((wire.a.address()[0] & 1) == 0); // not a group's
    LAB_CHECK(wire.a.frame_octets_max() == frame_octets_most);
    LAB_CHECK(wire.a.pool().free_count() > 64);
    LAB_CHECK(!wire.a.problem() && !wire.b.problem());
}

void every_length(Wire& wire) {
    for (const bool back : {false, true}) {
        Port& from = back ? wire.b : wire.a;
        Port& to = back ? wire.a : wire.b;
        for (std::uint16_t octets = frame_octets_least; octets <= frame_octets_most; ++octets) {
            Packet* frame = make_frame(from, to, octets * 3u, octets);
            if (!LAB_CHECK(frame && from.send({&frame, 1}) == 1))
                return;
            Packet* got = nullptr;
            if (!LAB_CHECK(receive_all(to, {&got, 1}, patience_ms) == 1))
                return;
            LAB_CHECK(is_frame(*got, octets * 3u, octets));
            PacketPool::release(got);
        }
    }
}

// Frames on their way at a time. QEMU's hub keeps those for which a receiver has no room, and lets later ones overtake
// them; so order is only to be had while there is room.
constexpr std::uint32_t on_their_way_max = 128;

// Sends `total` frames in bursts of `burst` and takes them as they come; false when one is wrong or missing.
bool stream(Port& from, Port& to, std::uint32_t total, std::size_t burst, std::uint16_t octets) {
    Packet* out[64];
    Packet* in[64];
    std::uint32_t made = 0, come = 0;
    std::size_t ready = 0;
    std::uint64_t deadline = in_ms(patience_ms);
    while (come < total && !has_passed(deadline)) {
        while (ready < burst && made < total && made - come < on_their_way_max) {
            Packet* frame = make_frame(from, to, made, octets);
            if (!frame)
                break;
            out[ready++] = frame;
            ++made;
        }
        const std::size_t sent = from.send({out, ready});
        ready -= sent;
        for (std::size_t index = 0; index < ready; ++index)
            out[index] = out[index + sent];
        const std::size_t got = to.receive({in, 64});
        for (std::size_t index = 0; index < got; ++index) {
            if (!LAB_CHECK(is_frame(*in[index], come, octets)))
                return false;
            ++come;
            PacketPool::release(in[index]);
        }
        if (got != 0)
            deadline = in_ms(patience_ms);
    }
    return LAB_CHECK(come == total);
}

void bursts(Wire& wire) {
    for (std::size_t burst = 1; burst <= 64; ++burst)
        if (!stream(wire.a, wire.b, static_cast<std::uint32_t>(burst * 5), burst, 64))
            return;
    LAB_CHECK(stream(wire.b, wire.a, 100'000, 32, 60));
}

constexpr std::uint32_t overload_frames_max = 5000;

void more_than_there_is_room_for(Wire& wire) {
    // Nobody receives: sooner or later the ring takes no more, unless the hub keeps them all.
    std::uint32_t sent = 0;
    Packet* frame = nullptr;
    std::uint64_t deadline = in_ms(200);
    while (!has_passed(deadline) && sent < overload_frames_max) {
        if (!frame)
            frame = make_frame(wire.a, wire.b, sent, 200);
        if (!frame || wire.a.send({&frame, 1}) == 0) {
            exo::log_line({{"after "}, exo::decimal(sent), {" frames: no more"}});
            break;
        }
        frame = nullptr;
        ++sent;
    }
    // Each comes once, in whatever order.
    static bool seen[overload_frames_max];
    std::uint32_t come = 0;
    Packet* got[32];
    deadline = in_ms(patience_ms);
    while (come < sent && !has_passed(deadline)) {
        const std::size_t count = wire.b.receive(got);
        for (std::size_t index = 0; index < count; ++index) {
            const std::uint32_t number = number_of(*got[index]);
            if (LAB_CHECK(number < sent && !seen[number] && is_frame(*got[index], number, 200)))
                seen[number] = true;
            ++come;
            PacketPool::release(got[index]);
        }
    }
    LAB_CHECK(come == sent);
    if (frame)
        PacketPool::release(frame);
    LAB_CHECK(stream(wire.a, wire.b, 1000, 8, 1514));
}

} // namespace

const Case traffic_cases[5] = {
    {"two ports with addresses of their own", identity},
    {"frames of every length arrive unchanged, both ways", every_length},
    {"frames in up to eight pieces arrive whole", in_pieces},
    {"bursts of 1 to 64, and 100,000 frames, arrive in order", bursts},
    {"a receiver without room loses nothing", more_than_there_is_room_for},
};

} // namespace network_tests
