// A binary heap whose timers know their place, so that any of them can be taken out.
#include "libos/thread/timer_heap.hpp"

#include <algorithm>

namespace exo {

void TimerHeap::use(Timer** storage, std::size_t capacity) {
    if (heap_ != storage && size_)
        std::copy_n(heap_, size_, storage);
    heap_ = storage;
    capacity_ = capacity;
}

void TimerHeap::set(std::size_t place, Timer* timer) {
    heap_[place] = timer;
    timer->place = static_cast<std::uint32_t>(place + 1);
}

void TimerHeap::sift_up(std::size_t place) {
    Timer* timer = heap_[place];
    while (place > 0) {
        const std::size_t parent = (place - 1) / 2;
        if (heap_[parent]->deadline_tsc <= timer->deadline_tsc)
            break;
        set(place, heap_[parent]);
        place = parent;
    }
    set(place, timer);
}

void TimerHeap::sift_down(std::size_t place) {
    Timer* timer = heap_[place];
    for (;;) {
        std::size_t child = 2 * place + 1;
        if (child >= size_)
            break;
        if (child + 1 < size_ && heap_[child + 1]->deadline_tsc < heap_[child]->deadline_tsc)
            ++child;
        if (timer->deadline_tsc <= heap_[child]->deadline_tsc)
            break;
        set(place, heap_[child]);
        place = child;
    }
    set(place, timer);
}

bool TimerHeap::add(Timer& timer) {
    if (size_ == capacity_)
        return false;
    heap_[size_] = &timer;
    sift_up(size_++);
    return true;
}

void TimerHeap::remove(Timer& timer) {
    if (!timer.place)
        return;
    const std::size_t place = timer.place - 1;
    timer.place = 0;
    Timer* last = heap_[--size_];
    if (last == &timer)
        return;
    set(place, last);
    sift_up(place);
    sift_down(last->place - 1);
}

Timer* TimerHeap::take_expired(std::uint64_t now) {
    if (!size_ || heap_[0]->deadline_tsc > now)
        return nullptr;
    Timer* timer = heap_[0];
    remove(*timer);
    return timer;
}

} // namespace exo
