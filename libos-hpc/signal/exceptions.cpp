// Which exception becomes which signal, with which code and address (Intel SDM 3A 6.15; sigaction(2)).
#include "libos-hpc/signal/exceptions.hpp"

#include "libos-hpc/signal/crash.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/upcall/dispatch.hpp"
#include "libos/upcall/user_memory.hpp"

namespace exo::hpc {
namespace {

using namespace linux_abi;

constexpr unsigned vector_page_fault = 14;
constexpr std::uint64_t trap_flag = 1u << 8;

// An arithmetic exception's code, from the unmasked flags of a status word: invalid, denormal, divide by zero,
// overflow, underflow, inexact in its lowest bits.
std::int32_t arithmetic_code(std::uint32_t flags) {
    if (flags & 1)
        return signal_code::float_invalid;
    if (flags & 4)
        return signal_code::float_divide;
    if (flags & 8)
        return signal_code::float_overflow;
    if (flags & (2 | 16))
        return signal_code::float_underflow;
    if (flags & 32)
        return signal_code::float_inexact;
    return signal_code::float_invalid;
}

std::int32_t x87_code() {
    std::uint16_t status, control;
    asm volatile("fnstsw %0\n\tfnstcw %1" : "=m"(status), "=m"(control)); // Safe: reads status words only.
    return arithmetic_code(status & ~static_cast<std::uint32_t>(control));
}

std::int32_t vector_code() {
    std::uint32_t mxcsr;
    constexpr unsigned mask_shift = 7;
    asm volatile("stmxcsr %0" : "=m"(mxcsr)); // Safe: as above.
    return arithmetic_code(mxcsr & ~(mxcsr >> mask_shift));
}

SignalInfo info_of(int number, std::int32_t code, std::uint64_t address) {
    SignalInfo info{};
    info.number = number;
    info.code = code;
    info.set_address(address);
    return info;
}

SignalInfo info_of(const RegisterFrame& frame) {
    switch (frame.cause) {
    case 0: // divide error
        return info_of(signal::fpe, signal_code::int_divide, frame.rip);
    case 1: // debug
        return info_of(signal::trap, signal_code::trap_trace, frame.rip);
    case 3: // breakpoint
        return info_of(signal::trap, signal_code::kernel, 0);
    case 6: // invalid opcode
        return info_of(signal::ill, signal_code::ill_operand, frame.rip);
    case 16: // x87
        return info_of(signal::fpe, x87_code(), frame.rip);
    case 17: // alignment check
        return info_of(signal::bus, signal_code::bus_alignment, 0);
    case 19: // SIMD
        return info_of(signal::fpe, vector_code(), frame.rip);
    case 12: // stack fault
        return info_of(signal::bus, signal_code::kernel, 0);
    default: // general protection and the rest
        return info_of(signal::segv, signal_code::kernel, 0);
    }
}

// The program's own doing; anything else is a fault of the library OS, which nobody can handle.
void raise(RegisterFrame& frame, const SignalInfo& info) {
    Thread& thread = this_thread();
    if (thread.user_frame() != &frame || !thread.personal()) {
        if (recover_user_copy(frame))
            return;
        unhandled_exception(frame);
    }
    Task& task = current_task();
    task.in_kit = true;
    {
        UnmaskGuard unmask;
        force_signal(task, frame, info);
    }
    leave_call(task, frame, no_call);
    task.in_kit = false;
}

void exception(RegisterFrame& frame) {
    if (frame.cause == 1)
        frame.rflags &= ~trap_flag;
    raise(frame, info_of(frame));
}

void page_fault(RegisterFrame& frame) {
    Access access = (frame.error_code & fault::fetch)   ? Access::Execute
                    : (frame.error_code & fault::write) ? Access::Write
                                                        : Access::Read;
    switch (address_space().handle_fault(frame.fault_address, access)) {
    case FaultResult::Resolved:
        return;
    case FaultResult::NotMapped:
        return raise(frame, info_of(signal::segv, signal_code::not_mapped, frame.fault_address));
    case FaultResult::NotAllowed:
        return raise(frame, info_of(signal::segv, signal_code::access, frame.fault_address));
    case FaultResult::NoMemory:
        return raise(frame, info_of(signal::bus, signal_code::bus_address, frame.fault_address));
    }
}

} // namespace

void open_exceptions() {
    constexpr unsigned vectors[] = {0, 1, 3, 4, 5, 6, 7, 11, 12, 13, 16, 17, 19, 21};
    for (unsigned vector : vectors)
        set_exception_handler(vector, exception);
    set_exception_handler(vector_page_fault, page_fault);
}

} // namespace exo::hpc
