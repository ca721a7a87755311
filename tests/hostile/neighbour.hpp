// The innocent neighbour, and running an attack beside it.
#pragma once

#include "tests/boot/expect.hpp"

namespace hostile {

inline constexpr unsigned attempts_max = 32;

// For attack functions: records the result of a forbidden call. Every recorded one must be an error.
inline void attempt(lab::ChildStart* start, exo::CallResult result) {
    std::uint64_t n = start->board->word[60];
    start->board->result[n % attempts_max] = result.raw();
    start->board->word[60] = n + 1;
    if (result.ok())
        start->board->word[61] = start->board->word[61] + 1;
}
inline void finished(lab::ChildStart* start) {
    start->board->done = 1;
    for (;;)
        (void)exo::sys::wait(0);
}

enum class End { Alive, Faulted };

// An attacker and a neighbour on the same core, each with a third of the time, and their check afterwards.
class Scene : public lab::Fresh {
public:
    Scene();
    // Runs the attack to its end, then checks the neighbour. `grants` are capabilities given to the attacker.
    void attack(lab::ChildFunction function, End end, std::initializer_list<exo::Handle> grants = {});
    // The neighbour is alive, its memory holds its pattern, and it gets time.
    void check_neighbour();
    lab::Child& attacker() { return attacker_; }
    lab::Child& neighbour() { return neighbour_; }

private:
    lab::Child neighbour_;
    lab::Child attacker_;
};

} // namespace hostile
