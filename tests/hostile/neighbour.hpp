// The innocent neighbour, and running an attack beside it.
#pragma once

#include "tests/boot/expect.hpp"
#include "tests/hostile/lent_function.hpp"

namespace hostile {

inline constexpr unsigned attempts_max = 32;
// The event of the neighbour's vcore 0 that its function's vector 0 is routed to.
inline constexpr unsigned neighbour_event = 5;
// Words of a board from 40 on that an attack finds filled in: what an attacker may know is everything.
namespace known {
inline constexpr unsigned neighbour_frame = 40; // first of its frames; its board
inline constexpr unsigned neighbour_number = 41;
inline constexpr unsigned neighbour_environment_frame = 42;
inline constexpr unsigned neighbour_state_frame = 43;
inline constexpr unsigned own_environment_frame = 44;
inline constexpr unsigned own_state_frame = 45;
} // namespace known

// For attack functions: records the result of a forbidden call. Every recorded one must be an error.
inline void attempt(lab::ChildStart* start, exo::CallResult result) {
    std::uint64_t n = start->board->word[60];
    start->board->result[n % attempts_max] = result.raw();
    start->board->word[60] = n + 1;
    if (result.ok())
        start->board->word[61] = start->board->word[61] + 1;
}
// Records something that must not have happened.
inline void attempt_seen(lab::ChildStart* start, bool happened) {
    attempt(start, happened ? exo::CallResult(0) : exo::CallResult(-1));
}
inline void finished(lab::ChildStart* start) {
    start->board->done = 1;
    for (;;)
        (void)exo::sys::wait(0, exo::pending::news);
}

enum class End { Alive, Faulted };

// An attacker and a neighbour on the same core, each with a third of the time, and their check afterwards.
class Scene : public lab::Fresh {
public:
    Scene();
    // Runs the attack to its end, then checks the neighbour. `grants` are capabilities given to the attacker.
    void attack(lab::ChildFunction function, End end, std::initializer_list<exo::Handle> grants = {});
    // The parts of attack(), for those that do something in between.
    void begin(lab::ChildFunction function, std::initializer_list<exo::Handle> grants = {});
    void conclude(End end);
    // The neighbour is alive, its memory and its device's buffer hold what they should, it gets time and its device
    // works.
    void check_neighbour();
    // Gives frames to the neighbour, which fills them with its pattern and keeps looking at them from then on.
    void give_to_neighbour(std::uint64_t first_frame, std::uint64_t count);
    // Interrupts that came to the neighbour, none of which its device sent.
    std::uint64_t events_at_neighbour();

    lab::Child& attacker() { return attacker_; }
    lab::Child& neighbour() { return neighbour_; }
    const LentFunction& neighbours_function() const { return neighbours_function_; }

private:
    lab::Child neighbour_;
    lab::Child attacker_;
    LentFunction neighbours_function_{};
    std::uint64_t begun_tsc_ = 0;
    std::uint64_t begun_run_cycles_ = 0;
};

} // namespace hostile
