// Where the journal's octets go: an endless row that grows at its end, is durable up to a place, and loses its
// beginning when that is no longer needed. store_log.hpp is the one on a disk.
#pragma once

#include "libos-kv/journal/record.hpp"

#include <span>
#include <string_view>

namespace exo::kv {

enum class LogState : std::uint8_t {
    Good,
    Full,   // the last unit found no room
    Failed, // the medium takes nothing any more
};

class RecordVisitor {
public:
    // False: it makes no sense here. The texts last until it returns.
    virtual bool visit(const RecordHeader& header, std::string_view key, std::string_view more) = 0;

protected:
    ~RecordVisitor() = default;
};

class Log {
public:
    // A unit of records of at most `short_octets_max`; its length, the first octets, is filled in here. False: see
    // state(), and nothing of it is there.
    virtual bool append(std::span<char> unit) = 0;
    static constexpr std::size_t short_octets_max = 256 * 1024;
    // A unit of any length, piece by piece. Nothing else is appended meanwhile. False as above; the unit is over then.
    virtual bool begin_long() = 0;
    virtual bool add_long(std::string_view octets) = 0;
    virtual bool end_long() = 0;

    // Octets that were ever appended: where the next unit begins.
    virtual std::uint64_t position() const = 0;
    // What is before a place where a unit begins is not needed any more.
    virtual bool begin_at(std::uint64_t position) = 0;
    virtual std::uint64_t beginning() const = 0;
    // Gives back some of what is before the beginning. False: it has nothing of it.
    virtual bool drop_some() { return false; }
    // About how many octets can still be appended.
    virtual std::uint64_t room() const = 0;
    // Whoever else appends to the same medium leaves so many of them: a snapshot will need them.
    virtual void keep_free(std::uint64_t) {}

    // What is to be waited for until all that was appended so far is durable.
    virtual std::uint64_t ticket() const = 0;
    virtual bool is_durable(std::uint64_t ticket) const = 0;
    virtual bool is_writing() const = 0;
    // Starts making durable what was appended, unless that is being done with what was appended earlier.
    virtual void start_commit() = 0;
    virtual void poll() = 0;
    // Returns when all is durable. False: it failed.
    virtual bool commit() = 0;
    virtual LogState state() const = 0;

protected:
    ~Log() = default;
};

} // namespace exo::kv
