// One vcore's part of the keys: a whole server for them, and a session in it for every connection that has asked for
// one of them. What a connection asks runs in the order in which it came; whoever waits, or has a long reply that is
// not taken yet, keeps nobody else waiting.
#pragma once

#include "libos-kv/server/server.hpp"
#include "libos-kv/shard/ring.hpp"

namespace exo::kv {

class Shard {
public:
    // `shards`: how many there are, each with its share of maxmemory; `total_memory`: that of all.
    Shard(const Surroundings& surroundings, unsigned shards, std::int64_t total_memory, Rings& rings);
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;
    ~Shard();

    // Does what has come, as much as is fair; false: nothing had, and no reply could be sent.
    bool poll();

    Server server;

private:
    struct Kept {
        MessageHeader header;
        Text octets;
    };
    struct Proxy {
        Shard* shard;
        Session* session;
        std::uint32_t connection;
        std::uint32_t serial = 0; // of the request that is not answered yet
        bool is_busy = false;     // there is one
        bool is_begun = false;    // a piece of its reply is out
        bool has_credit = false;  // and another may follow
        bool is_known = false;    // it waits, and the front knows
        bool queued = false;      // it is in work_
        Array<Kept> backlog;      // what came meanwhile, the oldest first; the last may not be whole
    };

    static void on_output(Session& session);
    void queue(Proxy& proxy);
    void take(const MessageHeader& header, std::string_view octets);
    void open(const MessageHeader& header, std::string_view octets);
    void close(std::uint32_t connection);
    void keep(Proxy& proxy, const MessageHeader& header, std::string_view octets);
    void run(Proxy& proxy, const MessageHeader& header, std::string_view octets);
    void configure(Proxy& proxy, std::string_view octets);
    // Sends as much of the reply as may go; false: not all of it has gone.
    bool answer(Proxy& proxy);
    void answer_served();
    void advance(Proxy& proxy);
    bool tell_closed();
    void share_limits();

    Rings& rings_;
    unsigned shards_;
    std::int64_t total_memory_;
    Array<Proxy*> proxies_; // by the number of the connection; null: none
    Array<Proxy*> work_;    // that may be able to go on
    Array<std::uint32_t> closed_;
};

} // namespace exo::kv
