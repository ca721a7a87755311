// The vcore of the connections: its server has sessions, channels and the configuration, and no keys. Requests go to
// the shards of their keys as they are parsed, without waiting for replies, which leave in the order of the requests.
// To who carries the octets it looks as a server does.
#pragma once

#include "libos-kv/metrics/counts.hpp"
#include "libos-kv/shard/connection.hpp"
#include "libos-kv/shard/ring.hpp"

namespace exo::kv {

class Front {
public:
    // `surroundings.memory_bytes` is one vcore's share; `rings`: one of each shard; `wake`: for one that sleeps.
    Front(const Surroundings& surroundings, Array<Rings*>&& rings, void (*wake)(unsigned shard));
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;
    ~Front();

    // As of a server.
    Session* open(std::string_view peer, std::string_view local);
    void close(Session* session);
    void input(Session* session, std::string_view octets);
    bool has_much_unsent(const Session& session) const { return server.has_much_unsent(session); }

    // Takes what shards have said, sends what had no room; false: there was nothing.
    bool poll();
    // Shards that sleep have to do with what was sent.
    void flush();
    // Whether replies will come without anybody asking again; then nobody sleeps.
    bool is_expecting() const { return expected_ != 0 || is_counting_ || !stalled_.empty(); }
    // Whether somebody waits for a key on some shard, and may be answered at any time.
    bool has_blocked() const { return blocked_ != 0; }
    // What all vcores have counted. The first call asks the shards, and those behind it until they have said it get
    // false; what came to a shard before it was asked is counted.
    bool collect(Counts& counts);
    // Whether what it sends has to wait.
    static bool holds_back(const Session& session) {
        const Connection& connection = *static_cast<const Connection*>(session.route); // Safe: set by `open`.
        return connection.is_blocked || !connection.pending.empty();
    }

    Server server;
    Statistics& statistics = server.statistics;
    Config& config = server.config;

private:
    // What is to be done with a request.
    struct Plan {
        const Command* command = nullptr; // null: there is none
        Route route;
    };

    static Connection& of(const Session& session) {
        return *static_cast<Connection*>(session.route); // Safe: set by `open`.
    }
    unsigned shards() const { return router_.shards(); }

    // front.cpp
    bool may_go_on(const Connection& connection) const;
    void process(Connection& connection);
    Plan plan(const Session& session, const Arguments& arguments);
    bool must_drain(const Plan& plan) const;
    void dispatch(Connection& connection, const Plan& plan, const Arguments& arguments, std::string_view request);
    void run_here(Connection& connection, const Arguments& arguments);
    Text reply_here(Session& session, const Arguments& arguments);
    void answer_here(Session& session, std::string_view reply);
    void refuse(Session& session, std::string_view why);
    static bool take_silence(Session& session);
    // front_requests.cpp
    void ask_one(Connection& connection, const Plan& plan, std::string_view request);
    void ask_parts(Connection& connection, const Plan& plan, const Arguments& arguments);
    void ask_all(Connection& connection, const Plan& plan, const Arguments& arguments, std::string_view request);
    std::uint32_t expect(Connection& connection, Pending&& pending);
    void ask(Connection& connection, unsigned shard, MessageKind kind, std::uint32_t serial, std::string_view octets);
    void tell(Connection& connection, unsigned shard, MessageKind kind, std::string_view octets = {});
    void send(Connection& connection, unsigned shard, const MessageHeader& header, std::string_view octets);
    void know(Connection& connection, unsigned shard);
    void pump(Connection& connection);
    // front_transactions.cpp
    void exec(Connection& connection, const Arguments& arguments);
    void watch(Connection& connection, const Plan& plan, std::string_view request);
    void forget_watched(Connection& connection);
    // front_replies.cpp
    void take(unsigned shard, const MessageHeader& header, std::string_view octets);
    void take_piece(Connection& connection, Pending& pending, unsigned shard, std::string_view octets);
    void settle(Connection& connection);
    void grant(Connection& connection);
    std::size_t& count_of(const Pending& pending) { return pending.may_wait ? blocked_ : expected_; }
    void end_if_closed(Connection& connection);

    Router router_;
    Array<Rings*> rings_;
    void (*wake_)(unsigned shard);
    Array<Connection*> connections_; // by number; null: it is free
    Array<std::uint32_t> free_;
    Array<Connection*> touched_, stalled_;
    std::uint64_t unflushed_ = 0;            // shards that were sent something, a bit each
    std::size_t expected_ = 0, blocked_ = 0; // requests of living connections that shards have
    Counts counts_;                          // of those who have said it
    std::uint64_t unasked_ = 0;              // shards that have still to be asked for theirs, a bit each
    unsigned uncounted_ = 0;                 // shards that have not said it
    bool is_counting_ = false;               // somebody wants to know
    const Command* watch_;
    const Command* config_set_;
};

} // namespace exo::kv
