// What carries 9P messages. The client says where a request lies and where its reply shall go; the transport moves
// bytes and knows no 9P. Implementations: virtio_transport.hpp, and the fake server of the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exo::ninep {

// Part of a message in memory that the transport can reach: by address, and for a device by device address.
struct Piece {
    std::byte* memory = nullptr; // may be null when only a device looks at it
    std::uint64_t device_address = 0;
    std::uint32_t bytes = 0;
};

// Memory for the requests and replies of one exchange.
struct Buffer {
    std::byte* memory = nullptr;
    std::uint64_t device_address = 0;
    std::size_t bytes = 0;

    // Precondition: the part lies in the buffer.
    Piece part(std::size_t offset, std::size_t count) const {
        return {memory + offset, device_address + offset, static_cast<std::uint32_t>(count)};
    }
};

enum class SendResult { Sent, Busy, Broken };

struct Finished {
    enum class Kind { Nothing, Exchange, Broken };
    Kind kind = Kind::Nothing;
    std::uint16_t exchange = 0;
    std::size_t bytes = 0; // of the reply, never more than there was room for; 0: the server dropped the request
};

struct Transport {
    void* context = nullptr;
    // Largest number of pieces of a request and its reply together.
    std::size_t pieces_max = 0;
    // Starts an exchange under a number of the caller's choice, below 2 * exchanges_max and not in use. All pieces are
    // the transport's until poll() names the number; every exchange that was sent is named once.
    SendResult (*send)(void* context, std::uint16_t exchange, std::span<const Piece> request,
                       std::span<const Piece> reply) = nullptr;
    // The next exchange that is finished. Does not wait.
    Finished (*poll)(void* context) = nullptr;
    // Called, without the lock, between two polls.
    void (*relax)(void* context) = nullptr;
    // Time in microseconds, never backwards.
    std::uint64_t (*now_us)(void* context) = nullptr;
};

// Held around the client's own tables and the transport's send and poll, never while waiting. Left empty by
// clients that only one thread uses.
struct Lock {
    void* context = nullptr;
    void (*acquire)(void* context) = nullptr;
    void (*release)(void* context) = nullptr;
};

} // namespace exo::ninep
