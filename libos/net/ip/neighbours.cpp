// See neighbours.hpp.
#include "libos/net/ip/neighbours.hpp"

namespace exo::net {

namespace {

Packet* linked(const Packet* packet) {
    return reinterpret_cast<Packet*>(packet->cookie[0]); // Safe: written by Neighbours::keep alone.
}

} // namespace

Neighbour* Neighbours::find(Ipv4Address address) {
    for (Neighbour& neighbour : set_of(address))
        if (neighbour.address == address && neighbour.state != Neighbour::State::Free)
            return &neighbour;
    return nullptr;
}

Neighbour& Neighbours::add(Ipv4Address address, std::uint64_t now) {
    auto& set = set_of(address);
    Neighbour* place = &set[0];
    for (Neighbour& neighbour : set) {
        if (neighbour.state == Neighbour::State::Free) {
            place = &neighbour;
            break;
        }
        if (neighbour.used < place->used)
            place = &neighbour;
    }
    forget(*place);
    place->address = address;
    place->state = Neighbour::State::Asking;
    place->deadline = now;
    place->used = now;
    return *place;
}

void Neighbours::learn(Neighbour& neighbour, const MacAddress& mac, std::uint64_t now, const Clock& clock) {
    if (neighbour.is_usable() && neighbour.mac != mac)
        generation_++;
    neighbour.mac = mac;
    neighbour.state = Neighbour::State::Known;
    neighbour.attempts = 0;
    neighbour.deadline = clock.after_ms(now, neighbour_lifetime_ms);
}

void Neighbours::forget(Neighbour& neighbour) {
    while (Packet* const frame = take_waiting(neighbour))
        PacketPool::release(frame);
    if (neighbour.is_usable())
        generation_++;
    neighbour = {};
}

void Neighbours::forget_all() {
    for_each([this](Neighbour& neighbour) { forget(neighbour); });
    generation_++;
}

bool Neighbours::keep(Neighbour& neighbour, Packet* frame) {
    if (neighbour.waiting_count >= neighbour_waiting_max)
        return false;
    frame->cookie[0] = 0;
    if (!neighbour.waiting) {
        neighbour.waiting = frame;
    } else {
        Packet* last = neighbour.waiting;
        while (linked(last))
            last = linked(last);
        last->cookie[0] = reinterpret_cast<std::uint64_t>(frame); // Safe: only `linked` reads it.
    }
    neighbour.waiting_count++;
    return true;
}

Packet* Neighbours::take_waiting(Neighbour& neighbour) {
    Packet* const frame = neighbour.waiting;
    if (frame) {
        neighbour.waiting = linked(frame);
        neighbour.waiting_count--;
    }
    return frame;
}

} // namespace exo::net
