// Frames that say of themselves what they are, so that whoever receives one can tell whether it is whole.
#pragma once

#include "libos/net/port.hpp"
#include "libos/time/clock.hpp"

namespace network_tests {

inline constexpr std::uint16_t frame_octets_least = 60, frame_octets_most = 1514;

// A frame of `octets` from one port to the other, number `number`; null when the pool is empty.
exo::net::Packet* make_frame(exo::net::Port& from, exo::net::Port& to, std::uint32_t number, std::uint16_t octets);
// Whether it is that frame, unchanged.
bool is_frame(const exo::net::Packet& packet, std::uint32_t number, std::uint16_t octets);

// The number that it says it has.
std::uint32_t number_of(const exo::net::Packet& packet);

// Takes up to `into.size()` frames within the time; fewer only when it has passed.
std::size_t receive_all(exo::net::Port& port, std::span<exo::net::Packet*> into, std::uint64_t timeout_ms);

inline bool has_passed(std::uint64_t deadline_tsc) {
    return exo::tsc() >= deadline_tsc;
}
inline std::uint64_t in_ms(std::uint64_t ms) {
    return exo::deadline_in_ns(ms * 1'000'000);
}

} // namespace network_tests
