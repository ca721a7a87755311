// The frame that a signal handler finds on its stack, in Linux's layout: written so that a handler can read and change
// any register, and read back by rt_sigreturn. Vector state is saved as the processor's own XSAVE image.
#pragma once

#include "libos-hpc/linux/signals.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/upcall/register_frame.hpp"

namespace exo::hpc {

// Makes `frame` enter the handler of `action`. False, and nothing changed, when the stack cannot take it.
bool push_signal_frame(Task& task, RegisterFrame& frame, const linux_abi::SignalAction& action,
                       const linux_abi::SignalInfo& info, linux_abi::SignalSet mask_to_restore);
// Takes registers, mask and alternate stack back from the frame at the program's stack pointer. False when it is bad.
bool pop_signal_frame(Task& task, RegisterFrame& frame);

// Bytes of stack a frame needs at most, for AT_MINSIGSTKSZ.
std::uint64_t signal_frame_bytes_max();

bool on_alternate_stack(const Task& task, std::uint64_t stack_pointer);

} // namespace exo::hpc
