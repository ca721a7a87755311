// The timer heap against a sorted list.
#include "libos/thread/timer_heap.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace exo;

TEST_CASE("timers expire in order and not before their time") {
    Timer* storage[4];
    TimerHeap heap;
    heap.use(storage, 4);
    Timer a{.deadline_tsc = 30}, b{.deadline_tsc = 10}, c{.deadline_tsc = 20}, d{.deadline_tsc = 5},
        e{.deadline_tsc = 1};
    CHECK(heap.first_deadline() == no_deadline);
    CHECK(heap.add(a));
    CHECK(heap.add(b));
    CHECK(heap.add(c));
    CHECK(heap.add(d));
    CHECK(!heap.add(e));
    CHECK(heap.first_deadline() == 5);
    CHECK(heap.take_expired(4) == nullptr);
    CHECK(heap.take_expired(10) == &d);
    CHECK(!d.is_set());
    heap.remove(c);
    heap.remove(c);
    CHECK(heap.take_expired(10) == &b);
    CHECK(heap.take_expired(10) == nullptr);
    CHECK(heap.take_expired(30) == &a);
    CHECK(heap.size() == 0);
}

TEST_CASE("random adds and removals keep the order") {
    std::vector<Timer*> storage(256);
    TimerHeap heap;
    heap.use(storage.data(), storage.size());
    std::vector<Timer> timers(200);
    std::mt19937 random(4);
    for (int round = 0; round < 4000; ++round) {
        Timer& timer = timers[random() % timers.size()];
        if (timer.is_set()) {
            heap.remove(timer);
        } else {
            timer.deadline_tsc = random() % 1000;
            REQUIRE(heap.add(timer));
        }
        const auto set = [](const Timer& t) { return t.is_set(); };
        REQUIRE(heap.size() == static_cast<std::size_t>(std::count_if(timers.begin(), timers.end(), set)));
        std::uint64_t first = no_deadline;
        for (const Timer& t : timers)
            if (t.is_set())
                first = std::min(first, t.deadline_tsc);
        REQUIRE(heap.first_deadline() == first);
    }
    std::uint64_t last = 0;
    while (Timer* timer = heap.take_expired(1000)) {
        REQUIRE(timer->deadline_tsc >= last);
        last = timer->deadline_tsc;
    }
    CHECK(heap.size() == 0);
}
