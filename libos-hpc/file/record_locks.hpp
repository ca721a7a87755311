// Locks of ranges of a file (fcntl(2)), that belong to the process or to an open file description. Locks of one owner
// never stand in each other's way. Known to this program only: nothing of them reaches the host.
#pragma once

#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/file/file.hpp"
#include "libos-hpc/object/array.hpp"
#include "libos/thread/mutex.hpp"

#include <optional>

namespace exo::hpc {

class RecordLocks {
public:
    enum class Mode : std::uint8_t { Shared, Exclusive };
    // Octets, both included.
    struct Range {
        std::uint64_t first = 0, last = 0;
        bool meets(const Range& other) const { return first <= other.last && other.first <= last; }
    };
    struct Lock {
        const File* owner = nullptr; // null: the process
        std::uint64_t device = 0, inode = 0;
        Range range;
        Mode mode = Mode::Shared;
    };

    // The first lock that stands in the way of this one. Errors: as attributes.
    Outcome<std::optional<Lock>> find(File& file, const File* owner, Range range, Mode mode);
    // Takes the range, or changes what the owner has of it. Errors: AGAIN (held by another, and `waits` is false),
    // INTR, NOMEM.
    Done take(File& file, const File* owner, Range range, Mode mode, bool waits);
    // What the owner has of the range. Errors: NOMEM (a lock that is cut in two becomes two).
    Done give_back(File& file, const File* owner, Range range);
    // All that an open file description has. Called when it goes.
    void release(const File& owner);
    // All that the process has of a file. Called when any descriptor of it is closed.
    void release_process(File& file);

private:
    const Lock* in_the_way(const Lock& wanted) const;
    bool cut(const Lock& gone);
    void put(Lock whole);
    void notify();
    template <typename Is>
    void erase(Is&& is);
    void count();

    Mutex mutex_;
    ChangeCounter changed_;
    Array<Lock> locks_;
    std::atomic<std::size_t> of_process_{0}; // how many of them
    std::atomic<std::size_t> waiting_{0};    // threads that found something in their way
};

RecordLocks& record_locks();

} // namespace exo::hpc
