// The two tables: simple calls for trap_entry.S, full calls here. Both in the order of syscalls.def.
#include "exokernel/syscall/dispatch.hpp"

#include "exokernel/cpu/lock.hpp"
#include "exokernel/cpu/switch.hpp"

namespace exo {

namespace {

// Counts, and takes the kernel lock around a simple call's handler.
template <auto Handler, typename... Words>
CallWord locked(Words... words) {
    Core& core = this_core();
    core.counters->calls++;
    core.vcore_info->calls++;
    KernelLockGuard guard;
    return Handler(words...);
}

CallWord never() {
    return call_error(Error::NoSuchCall);
}

template <auto Handler>
struct Simple;
template <typename... Words, CallWord (*Handler)(Words...)>
struct Simple<Handler> {
    static CallWord entry(Words... words) { return locked<Handler>(words...); }
};

template <typename Function>
const void* address(Function* function) {
    return reinterpret_cast<const void*>(function); // Safe: only called through trap_entry.S with the right words.
}

} // namespace

CallWord call::version() {
    Core& core = this_core();
    core.counters->calls++;
    core.vcore_info->calls++;
    return static_cast<CallWord>(abi_version);
}

extern "C" const void* const system_call_table[];
const void* const system_call_table[] = {
    address(call::version),
    address(Simple<call::derive>::entry),
    address(Simple<call::grant>::entry),
    address(Simple<call::revoke>::entry),
    address(Simple<call::repossess>::entry),
    address(Simple<call::drop>::entry),
    address(Simple<call::inspect>::entry),
    address(Simple<call::bind>::entry),
    address(Simple<call::unbind>::entry),
    address(Simple<call::environment_create>::entry),
    address(Simple<call::vcore_create>::entry),
    address(Simple<call::start>::entry),
    address(never), // stop, yield, wait, timer, call and reply are full calls
    address(never),
    address(never),
    address(never),
    address(never),
    address(never),
    address(Simple<call::signal>::entry),
    address(Simple<call::log>::entry),
    address(Simple<call::shutdown>::entry),
    address(Simple<call::flow_narrow>::entry),
    address(Simple<call::submit>::entry),
};
static_assert(sizeof system_call_table / sizeof system_call_table[0] == call_count);
// As an absolute symbol for trap_entry.S.
static_assert(call_count == 23);
asm(".globl system_call_count\n.set system_call_count, 23");

std::uint8_t full_system_call(TrapFrame& frame) {
    Core& core = this_core();
    core.counters->calls++;
    core.vcore_info->calls++;
    KernelLockGuard guard;
    switch (static_cast<CallNumber>(frame.rax - call_base)) {
    case CallNumber::stop:
        call::stop(frame);
        break;
    case CallNumber::yield:
        call::yield(frame);
        break;
    case CallNumber::wait:
        call::wait(frame);
        break;
    case CallNumber::timer:
        call::timer(frame);
        break;
    case CallNumber::call:
        call::call(frame);
        break;
    case CallNumber::reply:
        call::reply(frame);
        break;
    default:
        break;
    }
    Vcore& current = *core.current;
    bool fresh = deliver_pending(frame, current);
    // A vcore that was interrupted gets every register back; one that called may lose rcx and r11.
    return fresh || frame.vector == trap_vector_call ? 1 : 0;
}

} // namespace exo
