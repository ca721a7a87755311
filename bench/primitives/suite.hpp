// The loop both systems run: every row of the primitives bench, measured through a
// Port, printed as a ROW line. The rows' meaning is in memory_rows.hpp and
// transfer_rows.hpp; their goals in rows.hpp; a Port for Linux in linux.cpp.
//
// A Port offers:
//   null_call(), getpid()                             the cheapest kernel call; a POSIX call. A program beneath
//                                                     POSIX has no getpid and its row is another program's
//   touched_pages(n) -> std::byte*                    writable memory, each page present
//   protect(page, n), unprotect(page, n)              read-only and back, one request for n
//   on_trap(AfterTrap (*)(void*, std::byte* address), void*)
//   map_on_demand(n) -> std::byte*, unmap(page, n)    memory given on first touch
//   spawn(void (*)(void*), void*), join(), yield()    one other thread on the same core
//   wait(word, expected), wake_one(word)              futex-style
//   start_answering_domain(), domain_round_trip(), stop_answering_domain()
//   print(std::string_view)
#pragma once

#include "bench/primitives/memory_rows.hpp"
#include "bench/primitives/transfer_rows.hpp"

namespace bench {

enum class Effort { measure, smoke };

constexpr std::uint32_t batches_of(Effort effort) {
    return effort == Effort::smoke ? 1 : 21;
}

template <class Port>
class PrimitiveSuite {
public:
    PrimitiveSuite(Port& port, Effort effort)
        : port_(port), effort_(effort), memory_{.port = port}, transfer_{.port = port} {}

    // Runs the named row, or every row when `only` is empty; false when no row has that name.
    bool run(std::string_view only) {
        bool found = false;
        const auto row = [&](std::string_view name, std::uint32_t operations, auto& rows, auto batch) {
            if (!only.empty() && only != name)
                return;
            found = true;
            measure(name, operations, [&](std::uint32_t count) { return (rows.*batch)(count); });
        };
        using Memory = MemoryRows<Port>;
        using Transfer = TransferRows<Port>;
        row("null_call", 1000, transfer_, &Transfer::null_call);
        if constexpr (requires { port_.getpid(); })
            row("reflected_getpid", 1000, transfer_, &Transfer::getpid);
        row("trap", 200, memory_, &Memory::trap);
        row("prot1", protected_pages, memory_, &Memory::prot1);
        row("prot100", 50, memory_, &Memory::prot100);
        row("unprot100", 50, memory_, &Memory::unprot100);
        row("appel1", protected_pages, memory_, &Memory::appel1);
        row("appel2", 2 * protected_pages, memory_, &Memory::appel2);
        row("demand_zero", 4 * demand_pages, memory_, &Memory::demand_zero);
        row("map_touch_unmap", 100, memory_, &Memory::map_touch_unmap);
        row("domain_round_trip", 100, transfer_, &Transfer::domain_round_trip);
        row("thread_switch", 500, transfer_, &Transfer::thread_switch);
        row("mutex_round_trip", 200, transfer_, &Transfer::mutex_round_trip);
        return found;
    }

private:
    template <class Batch>
    void measure(std::string_view name, std::uint32_t operations, Batch batch) {
        const Sampling sampling{.batches = batches_of(effort_), .operations = operations};
        char buffer[row_bytes_max];
        port_.print(format_row(buffer, name, "cycles", median_millicycles(sampling, batch)));
    }

    Port& port_;
    Effort effort_;
    MemoryRows<Port> memory_;
    TransferRows<Port> transfer_;
};

} // namespace bench
