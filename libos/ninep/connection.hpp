// The exchanges of a 9P client that are in flight: buffers, tags, waiting, and flushing what takes too long.
// Knows message headers, not what is in the messages; those are call.hpp's and client.hpp's.
#pragma once

#include "libos/ninep/errors.hpp"
#include "libos/ninep/fid_table.hpp"
#include "libos/ninep/transport.hpp"
#include "libos/ninep/wire.hpp"

#include <optional>

namespace exo::ninep {

inline constexpr std::size_t exchanges_max = 16;

// How an exchange's buffer is divided: the request, then short replies (where the payload has a place of its own),
// then a flush of the exchange and its reply, then the payload or a long reply.
namespace layout {
inline constexpr std::size_t request = 0;
inline constexpr std::size_t request_bytes = 10 * 1024; // two of the longest paths and what goes around them
inline constexpr std::size_t short_reply = request + request_bytes;
inline constexpr std::size_t short_reply_bytes = 64;
inline constexpr std::size_t flush_request = short_reply + short_reply_bytes;
inline constexpr std::size_t flush_request_bytes = 64;
inline constexpr std::size_t flush_reply = flush_request + flush_request_bytes;
inline constexpr std::size_t flush_reply_bytes = 64;
inline constexpr std::size_t payload = 12 * 1024;
// Holds the longest reply without a payload, that of ReadLink.
inline constexpr std::size_t buffer_bytes_min = payload + 8 * 1024;
static_assert(flush_reply + flush_reply_bytes <= payload);
} // namespace layout

struct Timeouts {
    std::uint64_t request_us = 60'000'000;
    std::uint64_t flush_us = 10'000'000;
};

class Connection {
public:
    // Each buffer allows one exchange at a time and has at least layout::buffer_bytes_min bytes. False when
    // there are none, too many, or one is too small.
    bool set_up(const Transport& transport, std::span<const Buffer> buffers, const Lock& lock,
                const Timeouts& timeouts);

    // Takes a free exchange, waiting for one if need be.
    Result<std::uint16_t> take_exchange();
    void give_back_exchange(std::uint16_t exchange);

    // Sends an exchange's request and waits for its reply. A request that takes too long is flushed. Gives the bytes
    // of the reply.
    Result<std::size_t> perform(std::uint16_t exchange, std::span<const Piece> request, std::span<const Piece> reply);

    const Buffer& buffer(std::uint16_t exchange) const { return buffers_[exchange]; }
    std::size_t pieces_max() const { return transport_.pieces_max; }
    // Longest message, as agreed with the server.
    std::uint32_t message_bytes() const { return message_bytes_; }
    void set_message_bytes(std::uint32_t bytes) { message_bytes_ = bytes; }
    // Set when the transport or the server can no longer be trusted. Nothing is sent from then on.
    bool is_broken() const { return __atomic_load_n(&broken_, __ATOMIC_RELAXED); }
    void set_broken() { __atomic_store_n(&broken_, true, __ATOMIC_RELAXED); }

    std::optional<Fid> take_fid();
    void give_back_fid(Fid fid);

private:
    enum class State : std::uint8_t { Free, Taken, Sent, Finished };
    struct Exchange {
        State state = State::Free;
        State flush_state = State::Free;
        std::size_t reply_bytes = 0;
    };

    void acquire() const;
    void release() const;
    void collect(); // with the lock
    Result<void> send(std::uint16_t number, std::span<const Piece> request, std::span<const Piece> reply, State& state,
                      std::uint64_t deadline_us);
    bool wait_finished(const State& state, std::uint64_t deadline_us);
    Result<void> flush(std::uint16_t exchange);

    Transport transport_{};
    Lock lock_{};
    Timeouts timeouts_{};
    Buffer buffers_[exchanges_max] = {};
    Exchange exchanges_[exchanges_max] = {};
    std::size_t exchange_count_ = 0;
    FidTable fids_;
    std::uint32_t message_bytes_ = message_bytes_min; // until the server has agreed to more
    bool broken_ = false;
};

} // namespace exo::ninep
