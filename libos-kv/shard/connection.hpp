// What the front knows of a connection beside its session: what it has asked shards and not been answered yet.
#pragma once

#include "libos-kv/shard/message.hpp"
#include "libos-kv/shard/route.hpp"

namespace exo::kv {

// A request that shards have. Its reply goes out when it is whole and those of all before it have gone.
struct Pending {
    unsigned parts = 1; // replies that have still to come
    Merge merge = Merge::None;
    std::uint8_t shard = 0; // where there is one
    bool is_silent = false; // nobody gets the reply
    bool blocks = false;    // what comes after it waits
    bool may_wait = false;  // for a key, as long as it pleases
    std::uint64_t owed = 0; // shards whose next piece may not come yet, a bit each
    Text reply;
    Array<Text> replies; // by shard, where there are several; of INFO the front's is the last
    Array<std::uint8_t> order;
    std::int64_t entries_max = 0; // of Merge::Newest
};

class PendingQueue {
public:
    std::size_t size() const { return items_.size() - head_; }
    bool empty() const { return size() == 0; }
    Pending& front() { return items_[head_]; }
    // By the serial number that `push` gave it; null: it is not there.
    Pending* find(std::uint32_t serial) {
        const std::uint32_t index = serial - first_;
        return index < size() ? &items_[head_ + index] : nullptr;
    }
    std::uint32_t push(Pending&& pending) {
        items_.push(std::move(pending));
        return first_ + static_cast<std::uint32_t>(size()) - 1;
    }
    void pop() {
        constexpr std::size_t done_max = 64;
        items_[head_++] = Pending();
        first_++;
        if (head_ == items_.size()) {
            items_.clear();
            head_ = 0;
        } else if (head_ > done_max && head_ * 2 > items_.size()) {
            Array<Pending> rest;
            for (std::size_t index = head_; index < items_.size(); index++)
                rest.push(std::move(items_[index]));
            items_ = std::move(rest);
            head_ = 0;
        }
    }

private:
    Array<Pending> items_;
    std::size_t head_ = 0; // those before it are done
    std::uint32_t first_ = 0;
};

// A message that did not fit its ring.
struct Outgoing {
    unsigned shard;
    MessageHeader header;
    Text octets;
    std::size_t sent;
};

struct Connection {
    Session* session; // null: it is gone
    std::uint32_t number;
    std::uint64_t known = 0;  // shards that have a proxy of it, a bit each
    bool is_blocked = false;  // a command that waits, or an EXEC, is under way
    bool drains = false;      // its next request waits for all before it
    bool is_touched = false;  // replies have come, and it is in touched_
    bool is_stalled = false;  // it is in stalled_
    bool is_watching = false; // keys of the shard below
    std::uint8_t watched_shard = 0;
    PendingQueue pending;
    Array<Outgoing> outgoing;
    std::size_t outgoing_sent = 0; // of `outgoing`
    Text name;                     // that proxies know
};

} // namespace exo::kv
