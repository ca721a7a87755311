// What one server has counted since it was started, as a row of numbers, which one vcore tells another and which are
// summed: of several vcores each has counted its part.
#pragma once

#include "libos-kv/server/server.hpp"

namespace exo::kv {

enum class Count : std::uint8_t {
    UsedBytes,
    PeakBytes,
    MemoryBytes,
    Waiting, // connections, for a key
    Commands,
    Hits,
    Misses,
    Expired,
    Evicted,
    Errors,
    SlowCommands,
};
inline constexpr std::size_t counts_count = static_cast<std::size_t>(Count::SlowCommands) + 1;

class Counts {
public:
    struct Keys {
        std::uint64_t all, expiring;
    };
    struct Calls {
        std::uint64_t ran, microseconds, rejected, failed;
    };

    Counts() = default;
    explicit Counts(Server& server);

    std::uint64_t operator[](Count count) const { return numbers_[static_cast<std::size_t>(count)]; }
    std::uint64_t longest_turn_us(Work work) const; // of any, not the sum
    Keys keys(std::size_t database) const;
    Calls calls(std::size_t command) const; // by its place in Server::commands

    // As another vcore is told them. Servers of one program have rows of one length.
    std::string_view octets() const;
    void add(std::string_view octets);
    // For who lies on the vcore of another server, which tells of its memory.
    void clear_memory();

private:
    void push(std::uint64_t number) { numbers_.push(number); }

    Array<std::uint64_t> numbers_; // as Count says, then turns, then Keys of each database, then Calls of each command
};

} // namespace exo::kv
