// Who handles what: exceptions, asynchronous causes and reflected system calls. Handlers are registered once at start
// and run masked on the kit stack of the interrupted thread (entry.S); they may unmask and may block.
#pragma once

#include "libos/upcall/register_frame.hpp"
#include "libos/upcall/vcore.hpp"
#include "secure-bindings/abi/upcall.hpp"

namespace exo {

// An exception of the running thread. Returning resumes from the frame. Until one is registered, a page fault goes to
// the address space, and what is left is told on the kernel log and stops the environment with 128 + the signal a shell
// would show.
using ExceptionHandler = void (*)(RegisterFrame& frame);
void set_exception_handler(unsigned vector, ExceptionHandler handler);
ExceptionHandler exception_handler(unsigned vector);
// What happens without a handler, for handlers that have nothing better to do.
[[noreturn]] void unhandled_exception(RegisterFrame& frame);
void default_page_fault(RegisterFrame& frame);

// One bit of pending::. `frame` is null when the kit itself asked for it outside an upcall. Masked; must not block.
// The kit handles timer, slice and event bits itself; revocation and repossessed are free to be replaced.
using PendingHandler = void (*)(RegisterFrame* frame);
void set_pending_handler(std::uint64_t bit, PendingHandler handler);
// Called after the handlers of a round, still masked: the scheduler's chance to switch threads (preempt.cpp).
void after_pending(RegisterFrame* frame);

// A foreign system call: number in frame.rax, arguments in rdi, rsi, rdx, r10, r8, r9; the answer goes to frame.rax.
// Runs masked; unmask (UnmaskGuard) before touching the program's memory. Everything of the frame may be changed.
using ReflectHandler = void (*)(RegisterFrame& frame);
void set_reflect_handler(ReflectHandler handler);

// A direct handler for one number below direct_calls: called with only the caller-saved registers kept, for calls
// of a few instructions. Runs masked throughout: must not touch the program's memory, block or look at registers.
inline constexpr std::size_t direct_calls = DIRECT_CALLS;
using DirectHandler = std::int64_t (*)(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
                                       std::uint64_t);
void set_direct_handler(std::size_t number, DirectHandler handler);

// Handles what is pending, now; masked. `frame` as for PendingHandler.
extern "C" void exo_dispatch_pending(RegisterFrame* frame);
// Fills the tables in; before the first open_vcore.
void open_dispatch();

} // namespace exo
