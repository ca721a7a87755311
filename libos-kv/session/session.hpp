// What is known of one connection: what came and was not understood yet, what is to be sent, and the state that
// commands leave behind: database, name, protocol, transaction, subscriptions, what it waits for.
#pragma once

#include "libos-kv/data/set.hpp"
#include "libos-kv/protocol/reply.hpp"
#include "libos-kv/protocol/request_parser.hpp"

namespace exo::kv {

struct Command;
class Server;

// A request that outlives the input it came in.
class KeptRequest {
public:
    KeptRequest(const Command& command, const std::string_view* arguments, std::size_t count);
    const Command& command() const { return *command_; }
    // Valid until the next request's.
    std::size_t unpack(Arguments& into) const;
    std::size_t octets() const { return octets_.size(); }

private:
    const Command* command_;
    Text octets_;
    Array<std::size_t> sizes_;
};

// Replies from a place in the output on, which wait until what they tell of is durable.
struct HeldReplies {
    std::size_t from;
    std::uint64_t ticket; // of the journal
};

enum class ReplyMode : std::uint8_t { On, Off, SkipNext, Skip };

// What a connection waits for: one of these keys to have something, until the deadline.
struct Waiting {
    KeptRequest request;
    unsigned database;
    Array<Text> keys;
    std::int64_t deadline_ms; // 0: for ever
    bool null_is_array;       // what it gets when nothing comes
    bool is_silent;           // it has asked for no reply (CLIENT REPLY)
};

struct WatchedKey {
    unsigned database;
    Text key;
};

struct Session {
    explicit Session(std::uint64_t number) : id(number) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    std::uint64_t id;
    std::size_t place = 0; // among the server's sessions
    Text input;
    std::size_t input_taken = 0;     // of `input`, already done
    std::size_t in_place_octets = 0; // that came and are run where they lie, not in `input`
    RequestParser parser;
    Text output;
    std::size_t output_taken = 0; // of `output`, already sent
    ShownValues shown;            // between its octets
    Reply reply{output};

    unsigned database = 0;
    bool authenticated = true;
    bool closing = false;                 // once the output is sent
    bool broken = false;                  // at once: nothing more is sent
    bool paused = false;                  // requests wait until there is less output
    std::int64_t over_limit_since_ms = 0; // that its output has been over the soft limit; 0: it is not
    bool no_evict = false;
    ReplyMode reply_mode = ReplyMode::On;
    Text name, library_name, library_version;
    Text peer, local;
    std::int64_t opened_ms = 0, used_ms = 0;
    const Command* last_command = nullptr;
    std::uint64_t commands = 0;

    bool in_transaction = false;
    bool transaction_broken = false; // a command was refused while queueing
    bool watched_changed = false;    // EXEC answers null
    Array<KeptRequest> queue;
    Array<WatchedKey> watched;

    Index<MemberTraits> channels, patterns, shard_channels;
    std::size_t subscriptions() const { return channels.size() + patterns.size(); }
    bool is_subscriber() const { return subscriptions() + shard_channels.size() != 0; }

    Waiting* waiting = nullptr;
    void* transport = nullptr;        // of whoever carries its octets
    void (*wake)(Session&) = nullptr; // there is output that no input of its own caused
    bool waits_elsewhere = false;     // its command, for a key of another vcore
    void* route = nullptr;            // of whoever decides where its requests run
    bool marked = false;              // it has its reply, and is to go on

    bool is_durable = false; // nothing goes out before `judged`: whether it waits for the journal is to be said first
    std::size_t judged = 0;  // of `output`
    Array<HeldReplies> held; // the oldest first

    // What is to go out next, of the output or a value; valid until more is written. Nothing: nothing is to go out now.
    std::string_view to_send() const {
        const std::size_t end = !is_durable ? output.size() : held.empty() ? judged : held[0].from;
        if (shown.empty() || shown.first().before >= end) [[likely]]
            return output.view().substr(output_taken, end - output_taken);
        const std::size_t before = shown.first().before;
        return before == output_taken ? shown.first().octets
                                      : output.view().substr(output_taken, before - output_taken);
    }
    // The value of which `to_send` is a part; null: it is of the output.
    SharedText* value_to_send() const {
        const bool is_value = !shown.empty() && shown.first().before == output_taken;
        return is_value ? &shown.first().held.text() : nullptr;
    }
    // With what waits.
    std::size_t unsent() const { return output.size() - output_taken + shown.octets(); }
    // So many octets of what `to_send` said.
    void sent(std::size_t octets);
    // Replies go into the output.
    void reply_here() { reply.set_out(output, shown.least ? &shown : nullptr); }
    // Who carries its octets takes those of values where they lie (value_to_send), from so many on.
    void show_values(std::size_t least) {
        shown.least = least;
        reply_here();
    }
    // Takes back what was written from an octet of the output on.
    void cut_output(std::size_t end);
    // What was written since the last time waits for that ticket; 0: for none, and then none is held.
    void judge(std::uint64_t ticket);

private:
    void forget_sent(); // the part of `output` that was sent
};

} // namespace exo::kv
