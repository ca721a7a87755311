// The store as its connections see it: databases, sessions, who waits for what. Octets in, octets out: what carries
// them, a TCP stream of libos/net, a host's socket or a test, gives what came to `input`, sends what Session::to_send
// says, and calls `tick`. One vcore is in it at a time.
#pragma once

#include "libos-kv/command/names.hpp"
#include "libos-kv/data/eviction.hpp"
#include "libos-kv/data/garbage.hpp"
#include "libos-kv/server/config.hpp"
#include "libos-kv/server/key_watch.hpp"
#include "libos-kv/server/pubsub.hpp"
#include "libos-kv/server/slowlog.hpp"
#include "libos-kv/server/statistics.hpp"

namespace exo::kv {

class Recorder;

inline constexpr unsigned databases_count = 16;

// What the store needs from below.
struct Surroundings {
    std::uint64_t (*realtime_us)() = nullptr; // since 1970
    std::uint64_t (*monotonic_us)() = nullptr;
    std::uint64_t seed = 0;                   // that nobody can guess
    std::uint64_t memory_bytes = 0;           // that the machine has; 0: more than anyone asks for
    std::uint64_t (*busy_us)() = nullptr;     // time that the processor has spent on all this; null: nobody knows
    std::uint64_t (*lent_octets)() = nullptr; // of values that NICs read where they lie; null: nobody counts
    void (*stop)(int status) = nullptr;       // SHUTDOWN; may return, and then nothing more is asked of the store
};

class Server {
public:
    explicit Server(const Surroundings& surroundings);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    // What values look up in variables of this vcore is this server's. So it is when a server is made; whoever makes
    // another one on its vcore, for a while, says so behind it.
    void take_vcore();
    // A new connection; its addresses as CLIENT LIST shows them. Null: `maxclients` are there, and the peer is to be
    // told `refusal` and dropped.
    Session* open(std::string_view peer, std::string_view local);
    static constexpr std::string_view refusal = "-ERR max number of clients reached\r\n";
    // The connection is gone.
    void close(Session* session);
    // Octets that came, or none when a session that is paused has room for output again. Afterwards session->closing or
    // broken may be set.
    void input(Session* session, std::string_view octets);
    // The parts of `input` for whoever decides where requests run (shard/front.hpp). Takes octets; false: they cannot
    // be held, and the session is broken.
    bool receive(Session& session, std::string_view octets);
    void answer(Session& session, const Arguments& arguments) { // a request
        if (session.reply_mode == ReplyMode::On) [[likely]]
            execute(session, arguments);
        else
            execute_silently(session, arguments);
        if (session.reply_mode == ReplyMode::SkipNext) [[unlikely]]
            session.reply_mode = ReplyMode::Skip;
    }
    void bound_output(Session& session);      // ends it when too much waits
    static void trim_input(Session& session); // what is done with goes
    // Deadlines, expiry and growth. To be called when it says, and now and then.
    // Returns milliseconds until it wants to be called again.
    std::int64_t tick();

    std::int64_t now_ms() const { return now_ms_; }
    std::uint32_t now_s() const { return now_s_; } // the same moment, as access times are kept
    AccessClock access_clock() const {
        return {config.policy, now_ms_, config.lfu_log_factor, config.lfu_decay_minutes};
    }

    // For commands.
    const Command* find_command(std::string_view name) const;
    const Command* find_subcommand(const Command& parent, std::string_view name) const;
    Array<Command*>& commands() { return commands_; }
    void run(Session& session, const Command& command, const std::string_view* arguments, std::size_t count,
             bool within_exec);
    bool expire_if_due(std::size_t database, Entry* entry); // true: it was erased
    void key_changed(std::size_t database, std::string_view key);
    void database_changed(std::size_t database); // all of it
    // The session waits for one of the keys to have something; its command is run again then, with Call::is_retry.
    // Nothing if it is such a run. Deadline 0: for ever.
    void wait(Call& call, const std::string_view* keys, std::size_t count, std::int64_t deadline_ms,
              bool null_is_array);
    void end_wait(Session& session); // without a reply
    // A session that waits gets an error, or, if that is empty, what it gets when nothing comes.
    void give_up_wait(Session& session, std::string_view error);
    void discard_transaction(Session& session);
    // False: memory is full and nothing may go.
    bool make_room() {
        return config.max_memory <= 0 || used_bytes() <= static_cast<std::size_t>(config.max_memory) || evict();
    }
    // Sends a session what it did not ask for now: bulk strings, as a push.
    void push(Session& session, std::initializer_list<std::string_view> pieces);
    // Output of one connection at which its further requests wait; `unsent_max_least` at least.
    std::size_t unsent_max() const;
    static constexpr std::size_t unsent_max_least = 1u << 20;
    bool has_much_unsent(const Session& session) const {
        return session.unsent() >= unsent_max_least && session.unsent() >= unsent_max();
    }
    std::uint32_t keys_in_slot(unsigned slot) const { return slot_counts_[slot]; } // of database 0
    Array<Session*>& sessions() { return sessions_; }
    const Surroundings& surroundings() const { return surroundings_; }
    // Replies that had to wait go out as far as what they tell of is durable.
    std::size_t release_durable(); // how many have nothing that waits any more
    std::size_t held_sessions() const { return holding_.size(); }
    // Nothing that is not durable ever will be: who waits for that is dropped.
    void medium_failed();
    // A turn that began then has ended. Returns now, when the next may begin.
    std::uint64_t end_turn(Work work, std::uint64_t began_us);

    Garbage removed; // before the databases, so that it has what they leave at the end
    Database databases[databases_count];
    Config config;
    Statistics statistics;
    Random random;
    KeyWatch key_watch; // WATCH
    KeyWatch key_waits; // blocking commands
    PubSub pubsub;
    Slowlog slowlog;
    Recorder* recorder = nullptr; // null: nothing is kept
    std::uint64_t started_us = 0;
    std::uint64_t serving_us = 0; // when peers could connect
    char run_id[40];

private:
    friend class Recovery; // which sets the clock

    void note_input(Session& session, std::size_t octets);
    bool take_input(Session& session, std::string_view octets);
    void process(Session& session); // the input that it has
    std::size_t run_requests(Session& session, std::string_view input);
    void execute(Session& session, const Arguments& arguments);
    void execute_silently(Session& session, const Arguments& arguments);
    void reject_unknown(Session& session, const Arguments& arguments);
    bool may_run(Session& session, const Command& command, const Arguments& arguments);
    const char* write_refusal(std::uint32_t flags, const Session& session, const Arguments& arguments);
    bool evict();
    bool evict_some(std::uint64_t until_us);
    bool evict_worst(); // one key; false: there is none that may go
    void run_row(Call& call);
    void judge(Session& session); // whether what it gets has to wait
    void reject(Session& session, Command* command, std::initializer_list<std::string_view> pieces);
    void look_at_output(Session& session);
    bool look_at_sessions(std::uint64_t until_us);
    void note_ready(std::size_t database, std::string_view key);
    bool is_overdue(const Session& session) const;
    void answered(Session& session, std::size_t before);
    bool serve_session(Session& session, std::string_view key);
    void serve_key(std::size_t database, std::string_view key);
    void serve_ready();
    void resume();
    std::size_t expire_some(std::uint64_t until_us);
    void update_clock();

    Surroundings surroundings_;
    std::int64_t now_ms_ = 0;
    std::uint32_t now_s_ = 0;
    std::uint64_t measured_us_ = 0; // when the last command of this call from outside had run; 0: none has
    std::uint64_t next_session_ = 1;
    Array<Session*> sessions_;
    CommandNames names_;
    Array<Command*> commands_;  // with subcommands, parents first
    Array<WatchedKey> ready_;   // that have something for those who wait
    Array<Session*> holding_;   // whose replies wait for the journal
    Array<Session*> resumed_;   // who wait no more, but have not gone on yet; empty between calls from outside
    std::size_t looked_at_ = 0; // of the sessions, in this round
    unsigned expire_database_ = 0;
    std::uint64_t expire_step_ = 0; // of the round over that one
    std::uint32_t slot_counts_[16384] = {};
};

} // namespace exo::kv
