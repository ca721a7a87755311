// One list of all locks. Locks of an owner on a file never meet, and those of the same mode that touch are one.
// Interface: record_locks.hpp.
#include "libos-hpc/file/record_locks.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit RecordLocks locks;

bool same_file(const RecordLocks::Lock& left, const RecordLocks::Lock& right) {
    return left.inode == right.inode && left.device == right.device;
}
bool same_owner(const RecordLocks::Lock& left, const RecordLocks::Lock& right) {
    return left.owner == right.owner && same_file(left, right);
}
// Neighbours without a gap count, too.
bool touch(const RecordLocks::Range& left, const RecordLocks::Range& right) {
    return left.meets(right) || left.last + 1 == right.first || right.last + 1 == left.first;
}

Outcome<RecordLocks::Lock> lock_of(File& file, const File* owner, RecordLocks::Range range, RecordLocks::Mode mode) {
    const auto found = file.identity();
    if (!found)
        return fail(found.error());
    return RecordLocks::Lock{owner, found->device, found->inode, range, mode};
}

} // namespace

RecordLocks& record_locks() {
    return locks;
}

const RecordLocks::Lock* RecordLocks::in_the_way(const Lock& wanted) const {
    const Lock* first = nullptr;
    for (const Lock& lock : locks_) {
        if (same_file(lock, wanted) && lock.owner != wanted.owner && lock.range.meets(wanted.range) &&
            (lock.mode == Mode::Exclusive || wanted.mode == Mode::Exclusive) &&
            (!first || lock.range.first < first->range.first))
            first = &lock;
    }
    return first;
}

template <typename Is>
void RecordLocks::erase(Is&& is) {
    for (std::size_t i = locks_.size(); i-- > 0;) {
        if (is(locks_[i]))
            locks_.erase(i);
    }
}

void RecordLocks::count() {
    std::size_t of_process = 0;
    for (const Lock& lock : locks_)
        of_process += lock.owner == nullptr;
    of_process_.store(of_process, std::memory_order_relaxed);
}

// Takes a range out of what its owner has. False, and nothing changed: no memory.
bool RecordLocks::cut(const Lock& gone) {
    constexpr std::size_t more_max = 2; // two parts of one, and the lock that takes its place
    if (!locks_.reserve(locks_.size() + more_max))
        return false;
    for (std::size_t i = locks_.size(); i-- > 0;) {
        const Lock old = locks_[i];
        if (!same_owner(old, gone) || !old.range.meets(gone.range))
            continue;
        Lock before = old, behind = old;
        before.range.last = gone.range.first - 1;
        behind.range.first = gone.range.last + 1;
        locks_.erase(i);
        if (old.range.first < gone.range.first)
            (void)locks_.push(before); // there is room
        if (gone.range.last < old.range.last)
            (void)locks_.push(behind);
    }
    return true;
}

// Together with what it joins. There is room, and nothing of its owner is in its range.
void RecordLocks::put(Lock whole) {
    const auto joins = [&](const Lock& lock) {
        return same_owner(lock, whole) && lock.mode == whole.mode && touch(lock.range, whole.range);
    };
    for (const Lock& lock : locks_) {
        if (joins(lock))
            whole.range = {std::min(whole.range.first, lock.range.first), std::max(whole.range.last, lock.range.last)};
    }
    erase(joins);
    (void)locks_.push(whole);
}

// Whoever found something in the way has been counted in the turn of the mutex in which it looked.
void RecordLocks::notify() {
    if (waiting_.load(std::memory_order_relaxed) != 0)
        changed_.advance();
}

Outcome<std::optional<RecordLocks::Lock>> RecordLocks::find(File& file, const File* owner, Range range, Mode mode) {
    const auto wanted = lock_of(file, owner, range, mode);
    if (!wanted)
        return fail(wanted.error());
    MutexGuard guard(mutex_);
    const Lock* const other = in_the_way(*wanted);
    return other ? std::optional<Lock>(*other) : std::nullopt;
}

Done RecordLocks::take(File& file, const File* owner, Range range, Mode mode, bool waits) {
    auto wanted = lock_of(file, owner, range, mode);
    if (!wanted)
        return fail(wanted.error());
    for (;;) {
        const std::uint32_t seen = changed_.seen();
        {
            MutexGuard guard(mutex_);
            if (!in_the_way(*wanted)) {
                if (!cut(*wanted))
                    return fail(Errno::NOMEM);
                put(*wanted);
                count();
                file.set_has_lock(true);
                break;
            }
            if (!waits)
                return fail(Errno::AGAIN);
            waiting_.fetch_add(1, std::memory_order_relaxed);
        }
        const Done waited = changed_.wait(seen);
        waiting_.fetch_sub(1, std::memory_order_relaxed);
        if (!waited)
            return waited;
    }
    notify(); // what was exclusive may be shared now
    return {};
}

Done RecordLocks::give_back(File& file, const File* owner, Range range) {
    const auto gone = lock_of(file, owner, range, Mode::Shared);
    if (!gone)
        return fail(gone.error());
    {
        MutexGuard guard(mutex_);
        if (!cut(*gone))
            return fail(Errno::NOMEM);
        count();
    }
    notify();
    return {};
}

void RecordLocks::release(const File& owner) {
    {
        MutexGuard guard(mutex_);
        erase([&](const Lock& lock) { return lock.owner == &owner; });
    }
    notify();
}

void RecordLocks::release_process(File& file) {
    if (of_process_.load(std::memory_order_relaxed) == 0)
        return;
    const auto own = lock_of(file, nullptr, {}, Mode::Shared);
    if (!own)
        return;
    {
        MutexGuard guard(mutex_);
        erase([&](const Lock& lock) { return same_owner(lock, *own); });
        count();
    }
    notify();
}

} // namespace exo::hpc
