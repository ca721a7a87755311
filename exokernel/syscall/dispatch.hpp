// The system-call table of the kernel, expanded from abi/syscalls.def. Simple calls are C++ functions of their
// arguments that return a word; full calls may hand the core to another vcore and get its registers.
#pragma once

#include "exokernel/cpu/trap_frame.hpp"
#include "secure-bindings/abi/bind.hpp"
#include "secure-bindings/abi/call_numbers.hpp"
#include "secure-bindings/abi/types.hpp"
#include "secure-bindings/abi/upcall.hpp"

namespace exo {

// Result of a call as it goes to rax: a value, or a negated Error.
using CallWord = std::int64_t;
constexpr CallWord call_error(Error error) {
    return -static_cast<std::int64_t>(error);
}
constexpr CallWord call_word(const Status& status) {
    return status ? 0 : call_error(status.error());
}

// Entry of full calls; returns how to leave (trap_entry.S).
std::uint8_t full_system_call(TrapFrame& frame);

// The handlers, one file an object kind. Argument types are those of syscalls.def as words.
namespace call {
CallWord version();
CallWord derive(Handle source, std::uint64_t kind, std::uint64_t rights, std::uint64_t first, std::uint64_t count);
CallWord grant(Handle capability, Handle environment);
CallWord revoke(Handle capability, std::uint64_t deadline_tsc);
CallWord repossess(Handle capability);
CallWord drop(Handle capability);
CallWord inspect(Handle capability, std::uint64_t info);
CallWord bind(Handle environment, std::uint64_t operations, std::uint64_t count);
CallWord unbind(Handle environment, std::uint64_t operations, std::uint64_t count);
CallWord environment_create(Handle machine, Handle frames, std::uint64_t first_frame, std::uint64_t table_frames);
CallWord vcore_create(Handle environment, std::uint64_t spec);
CallWord start(Handle environment, std::uint64_t vcore, std::uint64_t entry, std::uint64_t stack,
               std::uint64_t argument);
CallWord signal(Handle event);
CallWord log(Handle machine, std::uint64_t text, std::uint64_t length);
CallWord shutdown(Handle machine, std::uint64_t status);
CallWord flow_narrow(Handle flow, std::uint64_t rights, std::uint64_t spec);
CallWord submit(Handle flow, std::uint64_t flags);

// Full calls: the caller's registers are in `frame`, and those of whoever runs next when they return.
void stop(TrapFrame& frame);
void yield(TrapFrame& frame);
void wait(TrapFrame& frame);
void timer(TrapFrame& frame);
void call(TrapFrame& frame);
void reply(TrapFrame& frame);
} // namespace call

} // namespace exo
