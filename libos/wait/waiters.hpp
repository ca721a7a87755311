// Waiting on addresses, as Linux's futex: a table of wait lists keyed by address. The check of the value and the
// beginning of the wait are one step as seen by whoever changes the value and then wakes.
#pragma once

#include "libos/thread/wait_list.hpp"

namespace exo {

inline constexpr std::size_t wait_buckets = 256;

enum class WaitResult : std::uint8_t {
    Woken,
    ValueDiffers,
    TimedOut,
    Interrupted, // the thread was unparked: for signals
    BadAddress,  // the word could not be read
};

class Waiters {
public:
    static constexpr std::uint32_t any_bit = ~0u;

    // Waits while *address == expected. Absolute deadline in TSC cycles. The word is read unmasked, so its page may
    // come in.
    WaitResult wait(std::uint64_t address, std::uint32_t expected, std::uint64_t deadline_tsc = no_deadline,
                    std::uint32_t bits = any_bit);
    // Wakes up to `count` in order of arrival; returns how many.
    std::size_t wake(std::uint64_t address, std::size_t count, std::uint32_t bits = any_bit);
    // Wakes up to `wake_count` of `from`, then moves up to `move_count` more to `to`. With `expected`, only while the
    // word at `from` has that value: false, and nothing done, otherwise or when it cannot be read.
    struct Requeued {
        bool value_matched;
        std::size_t woken, moved;
    };
    Requeued requeue(std::uint64_t from, std::uint64_t to, std::size_t wake_count, std::size_t move_count,
                     const std::uint32_t* expected = nullptr);
    // How many wait on an address now.
    std::size_t count(std::uint64_t address);

private:
    WaitList& bucket(std::uint64_t address);

    WaitList buckets_[wait_buckets];
};

// The environment's own.
Waiters& waiters();

} // namespace exo
