// Marks on the segments that the engine keeps until they are acknowledged, and when each was sent last, which its
// timestamp option says (RFC 7323). Not for users: recovery.hpp.
#pragma once

#include <lwip/priv/tcp_priv.h>

#include <cstddef>
#include <cstdint>

namespace exo::net {

// Bits of tcp_seg::flags that lwIP does not use.
namespace segment_mark {
inline constexpr std::uint8_t lost = 0x20;
inline constexpr std::uint8_t sent_again = 0x40;
inline constexpr std::uint8_t arrived = 0x80;
} // namespace segment_mark

inline bool has_mark(const tcp_seg& segment, std::uint8_t mark) {
    return (segment.flags & mark) != 0;
}
inline std::uint32_t first_of(const tcp_seg& segment) {
    return lwip_ntohl(segment.tcphdr->seqno);
}
inline std::uint32_t end_of(const tcp_seg& segment) {
    return first_of(segment) + segment.len + ((TCPH_FLAGS(segment.tcphdr) & (TCP_FIN | TCP_SYN)) != 0);
}
inline bool is_before(std::uint32_t left, std::uint32_t right) {
    return static_cast<std::int32_t>(left - right) < 0;
}

// The engine writes the time into the header each time that it sends the segment.
inline std::uint32_t sent_at_ms(const tcp_seg& segment) {
    std::uint32_t value;
    __builtin_memcpy(&value, reinterpret_cast<const std::byte*>(segment.tcphdr + 1) + 4, sizeof value); // Safe: options
    return lwip_ntohl(value);
}

// Takes the segment at `*place` out of its list, and puts one where the order of the octets wants it.
inline tcp_seg* take_out(tcp_seg** place) {
    tcp_seg* const segment = *place;
    *place = segment->next;
    segment->next = nullptr;
    return segment;
}
inline void put_in(tcp_seg** list, tcp_seg* segment) {
    while (*list && is_before(first_of(**list), first_of(*segment)))
        list = &(*list)->next;
    segment->next = *list;
    *list = segment;
}

} // namespace exo::net
