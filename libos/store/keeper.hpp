// Whoever gives a store's records their meaning, such as the file system. The store keeps none of them in memory: after
// a restart it plays back those of the last checkpoint and those written since, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exo::store {

class RecordSink {
public:
    // At most record_bytes_max octets. False: the store failed; stop.
    virtual bool add(std::span<const std::byte> record) = 0;

protected:
    ~RecordSink() = default;
};

class Keeper {
public:
    // A record as it was once added. False: it makes no sense, and the store is not opened.
    virtual bool replay(std::span<const std::byte> record) = 0;
    // The open batch is about to be sealed: records for which room was promised (Store::promise) are added now.
    virtual void settle() {}
    // Gives the sink records which, played back to a keeper that knows nothing, lead to the present state.
    virtual void snapshot(RecordSink& sink) = 0;
    // About how many octets a snapshot has, for planning.
    virtual std::uint64_t snapshot_bytes() const = 0;

protected:
    ~Keeper() = default;
};

} // namespace exo::store
