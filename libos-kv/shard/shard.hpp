// One vcore's part of the keys: a whole server for them, and a session in it for every connection that has asked for
// one of them. What a connection asks runs in the order in which it came; whoever waits, or has a long reply that is
// not taken yet, keeps nobody else waiting.
#pragma once

#include "libos-kv/metrics/counts.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/shard/ring_log.hpp"

namespace exo::kv {

class Shard {
public:
    // The one of that number, of so many, each with its share of maxmemory and choices of its own; `total_memory`: that
    // of all.
    Shard(const Surroundings& surroundings, unsigned number, unsigned shards, std::int64_t total_memory, Rings& rings);
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;
    ~Shard();

    // Keeps keys on the medium from now on. Its journal begins and ends there, and has led to those that it has.
    Recorder& keep(LogLine& line, std::uint64_t beginning, std::uint64_t position, RingLog::Pause pause,
                   Durability durability);
    // How it waits for the writer of its journal, if it has one.
    void set_log_pause(RingLog::Pause pause);

    // Does what has come, as much as is fair; false: nothing had, and no reply could be sent.
    bool poll();
    // What is due for the journal. Returns milliseconds until it wants to be called again.
    std::int64_t turn();

    Server server;

private:
    struct Kept {
        MessageHeader header;
        Text octets;
    };
    // A reply that is in the output, in whole or in part.
    struct Answer {
        std::uint32_t serial;
        std::uint8_t database;
        std::size_t octets; // that are still there
    };
    struct Proxy {
        Shard* shard;
        Session* session;
        std::uint32_t connection;
        std::uint32_t serial = 0; // of the request that is being run
        bool is_busy = false;     // one is, and waits
        bool is_begun = false;    // a piece of the oldest answer is out
        bool has_credit = false;  // and another may follow
        bool is_known = false;    // it waits, and the front knows
        bool queued = false;      // it is in work_
        Array<Answer> answers;    // the oldest first
        std::size_t answered = 0; // octets of these
        Array<Kept> backlog;      // what came meanwhile, the oldest first; the last may not be whole
    };
    // Why an answer stays.
    enum class Outcome : std::uint8_t {
        Sent,
        Later, // somebody says when it can go on
        Full,  // the ring is, of which nobody says so
    };

    static void on_output(Session& session);
    void queue(Proxy& proxy);
    void take(const MessageHeader& header, std::string_view octets);
    void open(const MessageHeader& header, std::string_view octets);
    void close(std::uint32_t connection);
    void keep(Proxy& proxy, const MessageHeader& header, std::string_view octets);
    static bool may_run(const Proxy& proxy);
    void run(Proxy& proxy, const MessageHeader& header, std::string_view octets);
    void configure(Proxy& proxy, std::string_view octets);
    static void end_request(Proxy& proxy);
    // Sends as much as may go.
    Outcome answer(Proxy& proxy);
    Outcome send_oldest(Proxy& proxy);
    Outcome say(Proxy& proxy, MessageKind kind);
    void answer_served();
    void advance(Proxy& proxy);
    bool tell_closed();
    bool tell_counts();
    void share_limits();

    Rings& rings_;
    const std::size_t empty_bytes_; // memory in use without keys
    RingLog* log_ = nullptr;        // null: nothing is kept
    Recorder* recorder_ = nullptr;
    unsigned shards_;
    std::int64_t total_memory_;
    Array<Proxy*> proxies_; // by the number of the connection; null: none
    Array<Proxy*> work_;    // that may be able to go on
    Array<std::uint32_t> closed_;
    bool owes_counts_ = false;
};

} // namespace exo::kv
