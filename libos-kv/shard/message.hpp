// What vcores say to each other: a header, and octets behind it. The front, which has the connections, speaks to each
// shard through one ring and hears it through another (ring.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::kv {

enum class MessageKind : std::uint8_t {
    Skip, // of the ring: nothing up to its end
    // To a shard.
    Open,    // a connection that it did not know; octets: its id, eight of them, and the peer as CLIENT LIST shows it
    Name,    // of the connection; octets: what CLIENT SETNAME gave it
    Request, // octets: one request, as it came
    Config,  // the same, and it is CONFIG SET
    Begin,   // what follows is queued until an EXEC
    Forget,  // nothing is watched any more
    Credit,  // the next piece of a long reply may come
    Close,   // the connection is gone
    Count,   // it is to say what it has counted; of no connection
    // From a shard.
    Reply,  // octets: the reply to a request, or a piece of it
    Waits,  // for a key: the request is not answered before one has something
    Broken, // the connection cannot go on
    Closed, // the last word of a connection: its number is free
    Counts, // octets: what it has counted (metrics/counts.hpp); of no connection
    // From a shard to the writer of its journal.
    Unit,    // octets: a unit, whole, or a piece of one without its length
    Abandon, // the unit of which pieces came is none
    BeginAt, // octets: eight, the place at which the journal begins
};

namespace message_flag {
inline constexpr std::uint8_t last = 1u << 0;  // the end of a request, a reply or a unit; pieces come before it
inline constexpr std::uint8_t first = 1u << 1; // of a unit: its beginning
} // namespace message_flag

struct MessageHeader {
    MessageKind kind = MessageKind::Skip;
    std::uint8_t flags = 0;
    std::uint8_t database = 0; // that the request is for; of a reply: that is selected after it
    std::uint8_t version = 2;  // of RESP
    std::uint32_t octets = 0;  // behind it
    std::uint32_t connection = 0;
    std::uint32_t serial = 0; // of the request within its connection
};
static_assert(sizeof(MessageHeader) == 16);

inline constexpr std::size_t message_octets_max = 32 * 1024; // what is longer goes in pieces

} // namespace exo::kv
