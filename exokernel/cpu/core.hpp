// What the kernel keeps for each core: found through GS while in ring 0.
// The first fields are read by assembly (arch/x86_64/trap_entry.S); their offsets are asserted.
#pragma once

#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/upcall.hpp"

namespace exo {

struct Vcore;

struct Core {
    Core* self;
    std::uint64_t kernel_stack_top;
    std::uint64_t user_rsp; // scratch of the system-call entry
    UpcallPage* upcall;     // of the vcore that runs, through the direct map
    VcoreInfo* vcore_info;
    CoreCounters* counters;
    Vcore* current; // vcore whose time it is, or null
    // From here on read by C++ only.
    std::uint32_t index;
    std::uint32_t apic_id;
    std::uint64_t loaded_root;        // physical address in CR3, without PCID
    std::uint16_t loaded_environment; // 0: the kernel's own tables
    bool idle;
    bool online;
    std::uint32_t shootdown;        // set by another core, cleared here when the TLB has been flushed
    std::uint64_t timer_armed_tsc;  // what the local timer is set to, 0: off
    std::uint64_t slice_end_tsc;    // when the running vcore must hand over; 0: nobody else wants the core
    std::uint64_t grace_end_tsc;    // nonzero between slice_end upcall and forced switch
    std::uint64_t dispatched_tsc;   // when the running vcore was given the core
    Vcore* first_vcore;             // of this core, linked by Vcore::next_of_core
    bool contended;                 // more than one vcore has slots of the wheel
    std::uint64_t code_hidden_seen; // of the code window
    std::uint64_t tlb_generation_seen[max_environments]; // of each address space, with PCID
    std::uint64_t tss[16];
    std::uint64_t gdt[8];
};
static_assert(offsetof(Core, kernel_stack_top) == 8);
static_assert(offsetof(Core, user_rsp) == 16);
static_assert(offsetof(Core, upcall) == 24);
static_assert(offsetof(Core, vcore_info) == 32);
static_assert(offsetof(Core, counters) == 40);
static_assert(offsetof(Core, current) == 48);

extern Core cores[max_cores];
extern std::uint32_t core_count;

inline Core& this_core() {
    Core* core;
    asm("mov %%gs:0, %0" : "=r"(core)); // Safe: GS is the core's own structure from its first C++ instruction on.
    return *core;
}

} // namespace exo
