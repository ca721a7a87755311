// A second environment on the measured one's core, made of spare frames by plain exokernel calls. It runs code of
// the measured program, which it sees read-only, and has a board page, a stack and an upcall page of its own. It has no
// library OS and gets the core only when it is called, yielded to or given slots.
#pragma once

#include "bench/exo/spare.hpp"

namespace bench {

// The page that both sides see.
struct Board {
    volatile std::uint64_t asked_back; // by the owner: the neighbour's handle of what it will be asked for
    volatile std::uint64_t complies;   // by the owner: whether it gives back what it is asked for
    volatile std::uint64_t returned;   // by the neighbour: how many requests it answered by giving back
    volatile std::uint64_t answered;   // by the neighbour: how many it dealt with, by giving back or not
    volatile std::uint64_t calls;      // by the neighbour: transfers through its gate
};

class Neighbour {
public:
    // Creates and fills it; one of the next two starts it. Ends the program when a step is refused, as all do.
    void make();
    bool made() const { return environment_ != exo::no_handle; }
    exo::Handle environment() const { return environment_; }
    Board& board() { return *board_; }

    // A gate that answers each call with its first word.
    exo::Handle open_gate();
    // Waits for requests to give something back, and acts as the board says.
    void answer_requests();

    // Grants a capability; the neighbour's handle for it.
    exo::Handle grant(exo::Handle capability);

    // Where lent pages can be bound: tables exist for this many.
    static constexpr std::uint64_t lent_pages_address = 0x7000'0010'0000ull;
    static constexpr std::uint64_t lent_pages_max = 256;

private:
    void settle(); // lets it run up to its first wait

    exo::Handle environment_ = exo::no_handle;
    std::uint64_t number_ = 0;
    Board* board_ = nullptr;
    exo::UpcallPage* upcall_ = nullptr;
};

} // namespace bench
