// The running vcore's own page: the kernel's UpcallPage, and behind it what the kit keeps for this vcore. %gs points to
// it, so each field is one instruction away. A thread may be on another vcore after any unmasked moment: read what is
// needed while masked.
#pragma once

#include "libos/start/start_info.hpp"
#include "libos/upcall/offsets.h"
#include "secure-bindings/abi/upcall.hpp"

namespace exo {

class Thread;
class VcoreScheduler;

struct Vcore {
    UpcallPage upcall;
    std::uint64_t reserved[16];
    Vcore* self;
    std::uint64_t index;
    Thread* thread;             // that runs; its first words say where its kit stack is
    std::uint64_t resume_frame; // for the restartable end of exo_resume
    std::uint64_t resume_rip;
    alignas(64) VcoreScheduler* scheduler;
    std::uint64_t core;
    std::uint64_t upcall_count;
    std::uint64_t direct_reserved;
};
static_assert(sizeof(Vcore) <= page_bytes);
static_assert(offsetof(Vcore, self) == VCORE_SELF);
static_assert(offsetof(Vcore, index) == VCORE_INDEX);
static_assert(offsetof(Vcore, thread) == VCORE_THREAD);
static_assert(offsetof(Vcore, resume_frame) == VCORE_RESUME_FRAME);
static_assert(offsetof(Vcore, resume_rip) == VCORE_RESUME_RIP);
static_assert(offsetof(UpcallPage, wanted) == UPCALL_WANTED);
static_assert(offsetof(UpcallPage, pending) == UPCALL_PENDING);
static_assert(offsetof(UpcallPage, cause) == UPCALL_CAUSE);
static_assert(offsetof(UpcallPage, rip) == UPCALL_RIP);
static_assert(offsetof(UpcallPage, r11) == UPCALL_R11);
static_assert(offsetof(UpcallPage, reflect_rip) == UPCALL_REFLECT_RIP);

inline Vcore& vcore_at(std::size_t index) {
    // Safe: the starter mapped one page a vcore there.
    return *reinterpret_cast<Vcore*>(upcall_pages_address + index * page_bytes);
}

// Safe in the three below: reads of the page that %gs points to since the vcore began.
inline Vcore& this_vcore() {
    Vcore* vcore;
    asm volatile("movq %%gs:%c1, %0" : "=r"(vcore) : "i"(VCORE_SELF));
    return *vcore;
}
inline std::size_t this_vcore_index() {
    std::size_t index;
    asm volatile("movq %%gs:%c1, %0" : "=r"(index) : "i"(VCORE_INDEX));
    return index;
}
// Always the running thread, also when it moves: the one read is a single instruction.
inline Thread& this_thread() {
    Thread* thread;
    asm volatile("movq %%gs:%c1, %0" : "=r"(thread) : "i"(VCORE_THREAD));
    return *thread;
}

// Points %gs to the page of vcore `index` and fills the kernel's part of it in; masked. Called once a vcore, on
// `stack`; before it unmasks, `thread` must be set.
void open_vcore(std::size_t index, std::uint64_t core, std::uint64_t stack);

} // namespace exo
