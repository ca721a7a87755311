// The upcall page: one frame a vcore, owned by its environment, written by both sides.
// The kernel reaches it by its frame, so its mapping in user memory is the environment's business.
// Fields are grouped by writer, a cache line or more a group. Protocol: docs/architecture.md.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// Why an upcall was made. Values up to 31 are the processor's exception vectors (Intel SDM 6.3.1).
enum class Cause : std::uint64_t {
    PageFault = 14,
    Pending = 32, // look at `pending`: one or more bits of pending::
};

// Bits of UpcallPage::pending.
namespace pending {
inline constexpr std::uint64_t timer = 1u << 0;       // the deadline given to `timer` passed
inline constexpr std::uint64_t slice_end = 1u << 1;   // yield before `slice_grace_tsc` or be switched by force
inline constexpr std::uint64_t slice_start = 1u << 2; // the vcore runs again
inline constexpr std::uint64_t event = 1u << 3;       // bits were set in `events`
inline constexpr std::uint64_t revocation = 1u << 4;  // a capability is asked back: see the capability table
inline constexpr std::uint64_t repossessed = 1u << 5; // something was taken: see the repossession vector
inline constexpr std::uint64_t all = (1u << 6) - 1;
inline constexpr std::uint64_t news = all & ~slice_start; // what an idle vcore waits for: it runs again after any wait
} // namespace pending

struct UpcallPage {
    // Written by the environment, read by the kernel.
    alignas(64) std::uint64_t masked; // nonzero: asynchronous upcalls stay pending; an exception faults the environment
    std::uint64_t wanted;             // bits of pending:: that interrupt the vcore; the others only set their bit
    std::uint64_t upcall_entry;       // where upcalls go, in the lower half
    std::uint64_t upcall_stack;       // stack pointer loaded for an upcall
    std::uint64_t reflect_entry;      // where foreign system calls go; 0: they fault the environment
    std::uint64_t gate_entry;         // where protected control transfers enter
    std::uint64_t gate_stack;         // stack pointer loaded for a gate
    std::uint64_t reserved_user;
    // Restartable resume sequence: an asynchronous interruption with its instruction pointer in
    // [resume_begin, resume_end) sets `masked` and continues at resume_restart.
    alignas(64) std::uint64_t resume_begin;
    std::uint64_t resume_end;
    std::uint64_t resume_restart;
    std::uint64_t reserved_resume[5];

    // Written by the kernel with atomic or, cleared by the environment with exchange.
    alignas(64) std::uint64_t pending;
    std::uint64_t events;
    std::uint64_t reserved_pending[6];

    // Written by the kernel at an upcall; the registers not listed hold what they held.
    alignas(64) Cause cause;
    std::uint64_t error_code;    // as the processor pushed it, 0 when it pushes none
    std::uint64_t fault_address; // CR2 for a page fault
    std::uint64_t rip;
    std::uint64_t rsp;
    std::uint64_t rflags;
    std::uint64_t rcx;
    std::uint64_t r11;

    // Written by the kernel at a reflected system call; rsp and all registers but rcx and r11 are kept.
    alignas(64) std::uint64_t reflect_rip;
    std::uint64_t reflect_rflags;
    std::uint64_t reserved_reflect[6];

    // Written by the kernel: time.
    alignas(64) std::uint64_t slice_grace_tsc; // end of the grace period after slice_end
    std::uint64_t slice_started_tsc;
    std::uint64_t forced_switches; // slices that ended by force
    std::uint64_t debt_cycles;     // time used beyond slice ends, to be taken from later slices
    std::uint64_t reserved_time[4];
};
static_assert(sizeof(UpcallPage) == 384);
static_assert(offsetof(UpcallPage, resume_begin) == 64);
static_assert(offsetof(UpcallPage, pending) == 128);
static_assert(offsetof(UpcallPage, cause) == 192);
static_assert(offsetof(UpcallPage, rip) == 216);
static_assert(offsetof(UpcallPage, reflect_rip) == 256);
static_assert(offsetof(UpcallPage, slice_grace_tsc) == 320);

// How a vcore is made (vcore_create). Frames are of the created environment's own capability.
struct VcoreSpec {
    Handle frames;              // Frames with Retype and Write, in the environment's table
    std::uint64_t state_frame;  // becomes the kernel's save area of the vcore
    std::uint64_t upcall_frame; // stays the environment's; pinned while the vcore exists
    std::uint64_t core;         // the core it belongs to
};
static_assert(sizeof(VcoreSpec) == 32);

} // namespace exo
