// Deadlines in order: an intrusive binary heap. Pure; the scheduler keeps one a vcore.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

inline constexpr std::uint64_t no_deadline = ~0ull;

struct Timer {
    std::uint64_t deadline_tsc = no_deadline;
    void (*expired)(Timer& timer) = nullptr; // masked, under the heap's lock: sets and cancels no timer
    std::uint32_t place = 0;                 // in the heap + 1; 0: not set
    std::uint16_t vcore = 0;                 // whose heap it is in

    bool is_set() const { return place != 0; }
};

class TimerHeap {
public:
    // Room for at least `capacity` timers; `storage` may be where they lie now, grown. Keeps what is set.
    void use(Timer** storage, std::size_t capacity);
    // False when there is no room.
    bool add(Timer& timer);
    void remove(Timer& timer); // no effect when it is not set
    // The first whose deadline is not after `now`, taken out; nullptr when there is none.
    Timer* take_expired(std::uint64_t now);
    std::uint64_t first_deadline() const { return size_ ? heap_[0]->deadline_tsc : no_deadline; }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }

private:
    void set(std::size_t place, Timer* timer);
    void sift_up(std::size_t place);
    void sift_down(std::size_t place);

    Timer** heap_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
};

} // namespace exo
