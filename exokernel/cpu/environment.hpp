// An environment: one address space and one capability table. What the kernel keeps of it is here
// and in the frames its creator paid with; nothing grows with what the program does.
#pragma once

#include "exokernel/cpu/vcore.hpp"
#include "secure-bindings/mapping/mapping.hpp"

namespace exo {

inline constexpr std::size_t vcores_per_environment_max = max_cores;

struct Environment {
    Tree tree;                 // page tables
    EnvironmentPage* page;     // shown to the environment
    std::uint64_t first_frame; // root pair, environment page, capability table: one run
    std::uint64_t table_frames;
    std::uint64_t tlb_generation; // counts unbinds; see tlb.hpp
    std::uint16_t number;
    std::uint16_t creator;
    std::uint16_t vcore_count;
    std::uint32_t cursor;                            // of the restartable destruction
    std::uint16_t vcore[vcores_per_environment_max]; // numbers
};

extern Environment environments[max_environments];

inline constexpr std::uint16_t no_environment = 0;

// Frames [first, first + 3 + table_frames), first even, all Data and unmapped, become a new environment: root and
// ledger, environment page, capability table. Errors: OutOfRange, Misaligned, InUse, TableFull.
Result<std::uint16_t> environment_make(std::uint16_t creator, std::uint64_t first, std::uint64_t table_frames);

struct VcoreRequest {
    std::uint64_t state_frame;
    std::uint64_t upcall_frame;
    std::uint32_t core;
};
// Errors: OutOfRange, InUse, TableFull, WrongState.
Result<std::uint16_t> vcore_make(Environment& environment, const VcoreRequest& request);

// Ends an environment's run: no vcore of it runs after this, callers waiting on it are told, its creator gets
// child_event_bit. What it holds stays until environment_take_apart.
void environment_end(Environment& environment, EnvironmentState state, std::uint64_t status);
// The environment broke its contract with the kernel: ends it as Faulted and records why.
struct FaultRecord {
    std::uint64_t vector, rip, address, error_code;
};
void environment_fault(Environment& environment, const FaultRecord& record);

// One bounded step of giving back everything an ended environment held. Errors: Again until nothing is left,
// TimedOut (hardware does not answer; nothing is reused).
Status environment_take_apart(Environment& environment);

} // namespace exo
