// Signals: sending them to tasks and delivering them when a task goes back to its program. Actions: actions.hpp.
// The frame a handler finds: frame.hpp. Signals born of exceptions: exceptions.cpp.
#pragma once

#include "libos-hpc/call/answer.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/upcall/register_frame.hpp"

namespace exo::hpc {

// Makes a signal pending for a task and sees that it is looked at soon. Errors: AGAIN (too many are queued).
Done send_to_task(Task& task, const linux_abi::SignalInfo& info);
// For the process: to a task that does not block it, preferably the first.
Done send_to_process(const linux_abi::SignalInfo& info);

// Signals that would be delivered to the task now.
bool has_deliverable(Task& task);
// Takes the lowest pending signal of `wanted` out. False when there is none.
bool take_pending(Task& task, linux_abi::SignalSet wanted, linux_abi::SignalInfo& info);
linux_abi::SignalSet pending_set(Task& task);

// The number that leave_call takes when there is no call to end.
inline constexpr std::uint64_t no_call = ~0ull;
// Ends a reflected call: settles whether an interrupted call is made again, and delivers what is pending. Masked.
void leave_call(Task& task, RegisterFrame& frame, std::uint64_t number);
// Delivers what is pending for the running thread, if it was interrupted in its program. Masked.
void look_at_signals();
// Delivers a signal that an exception of the task's own caused; never returns it as pending. The task's program must
// take it now: when it is blocked or ignored, the default action is taken (signal(7)).
void force_signal(Task& task, RegisterFrame& frame, const linux_abi::SignalInfo& info);

} // namespace exo::hpc
