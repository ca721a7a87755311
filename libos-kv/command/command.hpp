// A command as the table has it, and a call of it. The rows are facts of Redis 7.0, which COMMAND tells its clients.
#pragma once

#include "libos-kv/data/database.hpp"
#include "libos-kv/session/session.hpp"

namespace exo::kv {

struct Call;

inline constexpr std::string_view redis_version = "7.0.15"; // the one whose commands these are

namespace flag {
inline constexpr std::uint32_t write = 1u << 0;
inline constexpr std::uint32_t readonly = 1u << 1;
inline constexpr std::uint32_t denyoom = 1u << 2;
inline constexpr std::uint32_t admin = 1u << 3;
inline constexpr std::uint32_t pubsub = 1u << 4;
inline constexpr std::uint32_t noscript = 1u << 5;
inline constexpr std::uint32_t blocking = 1u << 6;
inline constexpr std::uint32_t loading = 1u << 7;
inline constexpr std::uint32_t stale = 1u << 8;
inline constexpr std::uint32_t skip_monitor = 1u << 9;
inline constexpr std::uint32_t skip_slowlog = 1u << 10;
inline constexpr std::uint32_t asking = 1u << 11;
inline constexpr std::uint32_t fast = 1u << 12;
inline constexpr std::uint32_t no_auth = 1u << 13;
inline constexpr std::uint32_t may_replicate = 1u << 14;
inline constexpr std::uint32_t no_async_loading = 1u << 15;
inline constexpr std::uint32_t no_multi = 1u << 16;
inline constexpr std::uint32_t movablekeys = 1u << 17;
inline constexpr std::uint32_t allow_busy = 1u << 18;
inline constexpr std::uint32_t count = 19;
} // namespace flag
std::string_view flag_name(unsigned bit);

struct CommandRow {
    std::string_view name; // "client|id" for a subcommand
    int arity;             // the name included; negative: at least
    std::uint32_t flags;
    const char* categories; // of access control, separated by blanks
    int first_key, last_key, key_step;
    const char* key_specs; // see command_info.cpp
    const char* tips;      // separated by |
    const char* since;
    const char* group;
    void (*run)(Call& call); // null: it has subcommands and nothing else
};

struct Command {
    const CommandRow* row;
    std::string_view name; // of itself alone: "id"
    const Command* parent = nullptr;
    bool has_children = false;
    bool is_exec = false;
    bool ends_transaction = false;   // also by giving it up
    bool is_never_queued = false;    // runs at once, though a transaction is being queued
    bool is_for_subscribers = false; // may be asked, in RESP2, by one who has subscribed
    bool runs_again = false;         // the journal records requests of it, not what comes of them
    std::uint64_t calls = 0, microseconds = 0, rejected = 0, failed = 0;

    std::string_view full_name() const { return row->name; }
};

struct CommandTraits {
    using Item = Command;
    static std::string_view key(const Command& command) { return command.full_name(); }
};

struct Call {
    Server& server;
    Session& session;
    Reply& reply;
    const Command& command;
    const std::string_view* arguments; // the first is the command's name
    std::size_t count;
    std::int64_t now_ms;
    bool within_exec = false;
    bool is_retry = false;           // of one that waited; it may find that it must wait on
    std::string_view ready_key = {}; // on a retry: the key that changed; no other one serves it

    std::string_view operator[](std::size_t index) const { return arguments[index]; }
    Database& db() const;
    Database& db(std::size_t number) const;

    // The entry of a key that has not expired, or null. `read` counts hits and misses and notes the access.
    Entry* read(std::string_view key);
    Entry* write(std::string_view key); // as read, for a command that changes it: not counted
    Entry* peek(std::string_view key);  // notes nothing
    // As read or write. A key of another type is an error, which is said; false then.
    bool read(std::string_view key, Type type, Entry*& entry);
    bool write(std::string_view key, Type type, Entry*& entry);
    // Says what must follow every change of a key's value or existence.
    void changed(std::string_view key) { changed_in(session.database, key); }
    void changed_in(std::size_t database, std::string_view key);
    // Removes a key that is there.
    void erase(Entry* entry);

    // Replies with a string; null: with null. `reply_further`: the same, of what does not lie in the entry.
    void reply_string(Entry* entry);
    void reply_further(Entry* entry);
    // With some of a string's octets.
    void reply_part(Entry& entry, std::string_view octets);

    void wrong_type();
    void syntax_error();
    // The number in an argument, or an error said.
    bool integer(std::string_view text, std::int64_t& value,
                 std::string_view problem = "ERR value is not an integer or out of range");
    bool integer_between(std::string_view text, std::int64_t least, std::int64_t greatest, std::int64_t& value,
                         std::string_view problem);
    bool real(std::string_view text, double& value, std::string_view problem = "ERR value is not a valid float");
    void wrong_count(); // of arguments
    void wrong_shape(); // the same of a subcommand that looks at its words itself
};

// Whether an argument is a word, given in lower case, whatever case it has itself.
bool is_word(std::string_view argument, std::string_view word);

} // namespace exo::kv
