// See waiters.hpp. A thread gets in line first and looks at the word then: whoever changes the word and wakes
// afterwards finds it there, and the look may fault, since no lock is held.
#include "libos/wait/waiters.hpp"

#include "libos/thread/switching.hpp"
#include "libos/upcall/mask.hpp"
#include "libos/upcall/user_memory.hpp"
#include "libos/upcall/vcore.hpp"

#include <utility>

namespace exo {

namespace {

constinit Waiters environment_waiters;

// Reads the word unmasked, so that its page may come in; not under a lock.
bool touch_word(std::uint64_t address, std::uint32_t* value) {
    UnmaskGuard unmasked;
    return load_user_word(address, value);
}

} // namespace

Waiters& waiters() {
    return environment_waiters;
}

WaitList& Waiters::bucket(std::uint64_t address) {
    return buckets_[(address / sizeof(std::uint32_t) * 0x9e37'79b9'7f4a'7c15ull) >> (64 - 8)];
}

WaitResult Waiters::wait(std::uint64_t address, std::uint32_t expected, std::uint64_t deadline_tsc,
                         std::uint32_t bits) {
    Waiter waiter;
    waiter.thread = &this_thread();
    waiter.key = address;
    waiter.bits = bits;
    WaitList& list = bucket(address);
    MaskGuard mask;
    list.lock().acquire();
    list.add(waiter);
    list.lock().release();
    std::uint32_t value;
    const bool readable = touch_word(address, &value);
    if (!readable || value != expected) [[unlikely]] {
        // It never waited: a wake that was spent on it meanwhile goes to the next in line.
        if (!withdraw(waiter))
            (void)wake(waiter.key, 1, waiter.bits);
        return readable ? WaitResult::ValueDiffers : WaitResult::BadAddress;
    }
    switch (wait_for_wake(waiter, deadline_tsc, true)) {
    case WaitEnd::Woken:
        return WaitResult::Woken;
    case WaitEnd::TimedOut:
        return WaitResult::TimedOut;
    case WaitEnd::Interrupted:
        return WaitResult::Interrupted;
    }
    return WaitResult::Woken;
}

std::size_t Waiters::wake(std::uint64_t address, std::size_t count, std::uint32_t bits) {
    WaitList& list = bucket(address);
    std::size_t woken = 0;
    MaskGuard mask;
    while (woken < count) {
        list.lock().acquire();
        Waiter* waiter = list.take_first(
            [&](const Waiter& candidate) { return candidate.key == address && (candidate.bits & bits); });
        if (waiter)
            waiter->bits = bits;
        list.lock().release();
        if (!waiter)
            break;
        wake_masked(*waiter);
        ++woken;
    }
    return woken;
}

Waiters::Requeued Waiters::requeue(std::uint64_t from, std::uint64_t to, std::size_t wake_count, std::size_t move_count,
                                   const std::uint32_t* expected) {
    Requeued result{true, 0, 0};
    std::uint32_t value;
    if (expected && (!touch_word(from, &value) || value != *expected))
        return {false, 0, 0};
    result.woken = wake(from, wake_count);
    WaitList& source = bucket(from);
    WaitList& target = bucket(to);
    const auto at_from = [from](const Waiter& candidate) { return candidate.key == from; };
    while (result.moved < move_count) {
        // Both locks, always the one at the lower address first.
        WaitList& first = &source < &target ? source : target;
        WaitList& second = &source < &target ? target : source;
        SpinGuard guard(first.lock());
        if (&first != &second)
            second.lock().acquire();
        Waiter* waiter = source.take_first(at_from);
        if (waiter) {
            waiter->key = to;
            target.add(*waiter);
            ++result.moved;
        }
        if (&first != &second)
            second.lock().release();
        if (!waiter)
            break;
        if (&source == &target && from == to)
            break; // would go round for ever
    }
    return result;
}

std::size_t Waiters::count(std::uint64_t address) {
    WaitList& list = bucket(address);
    SpinGuard guard(list.lock());
    std::size_t count = 0;
    list.for_each([&](const Waiter& waiter) { count += waiter.key == address; });
    return count;
}

} // namespace exo
