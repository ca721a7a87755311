// Builds and reads back signal frames (rt_sigframe of x86-64). The thread's vector registers still hold the program's
// values here: nothing of the library OS uses them. Layout: ../linux/signals.hpp; XSAVE: Intel SDM 1, chapter 13.
#include "libos-hpc/signal/frame.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/user_memory.hpp"

namespace exo::hpc {
namespace {

using namespace linux_abi;

constexpr std::uint64_t image_alignment = 64;
constexpr std::uint64_t header_offset = 512, header_bytes = 64; // of an XSAVE image
constexpr std::uint64_t mxcsr_offset = 24;
constexpr std::uint32_t mxcsr_initial = 0x1f80, mxcsr_defined = 0xffff;
constexpr std::uint64_t trap_flag = 1u << 8, direction_flag = 1u << 10, resume_flag = 1u << 16;
// CF PF AF ZF SF TF DF OF RF AC: what a program may set for itself.
constexpr std::uint64_t settable_flags = 0xcd5 | trap_flag | resume_flag | (1u << 18);
constexpr std::uint16_t user_code = 0x33, user_data = 0x2b;

std::uint64_t enabled_features() {
    std::uint32_t low, high;
    // Safe: reads XCR0; the kernel has enabled XSAVE.
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (static_cast<std::uint64_t>(high) << 32) | low;
}

void save_image(std::uint64_t address) {
    // Safe: the caller made sure of xsave_bytes of writable memory there, aligned to 64.
    asm volatile("xsave64 (%0)" : : "r"(address), "a"(~0u), "d"(~0u) : "memory");
}

void reset_arithmetic() {
    std::uint32_t mxcsr = mxcsr_initial;
    // Safe: handlers begin with exceptions masked and none pending, as on Linux; the program's state was saved.
    asm volatile("fninit\n\tldmxcsr %0" : : "m"(mxcsr));
}

struct XsaveHeader {
    std::uint64_t present, compacted, reserved[6];
};
static_assert(sizeof(XsaveHeader) == header_bytes);

bool restore_image(std::uint64_t address) {
    std::uint64_t bytes = machine_info().xsave_bytes;
    XsaveHeader header;
    std::uint32_t mxcsr;
    std::uint8_t last;
    if (address % image_alignment || !read_user(&header, address + header_offset) ||
        !read_user(&mxcsr, address + mxcsr_offset) || !read_user(&last, address + bytes - 1))
        return false;
    // What XRSTOR would fault on (Intel SDM 1, 13.8.1).
    if ((header.present & ~enabled_features()) || header.compacted || (mxcsr & ~mxcsr_defined))
        return false;
    for (std::uint64_t word : header.reserved) {
        if (word)
            return false;
    }
    asm volatile("xrstor64 (%0)" : : "r"(address), "a"(~0u), "d"(~0u) : "memory"); // Safe: checked above
    return true;
}

// Brings every page of the range in, for writing.
bool prepare(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t at = from; at < to; at = (at / page_bytes + 1) * page_bytes) {
        if (!zero_user(at, 1))
            return false;
    }
    return zero_user(to - 1, 1);
}

void fill_registers(SignalContext& to, const RegisterFrame& from) {
    to.r8 = from.r8, to.r9 = from.r9, to.r10 = from.r10, to.r11 = from.r11;
    to.r12 = from.r12, to.r13 = from.r13, to.r14 = from.r14, to.r15 = from.r15;
    to.rdi = from.rdi, to.rsi = from.rsi, to.rbp = from.rbp, to.rbx = from.rbx;
    to.rdx = from.rdx, to.rax = from.rax, to.rcx = from.rcx;
    to.rsp = from.rsp, to.rip = from.rip, to.rflags = from.rflags;
    to.cs = user_code, to.ss = user_data;
    if (from.cause < frame_pending) {
        to.error_code = from.error_code;
        to.trap_number = from.cause;
        to.cr2 = from.fault_address;
    }
}

void take_registers(RegisterFrame& to, const SignalContext& from) {
    to.r8 = from.r8, to.r9 = from.r9, to.r10 = from.r10, to.r11 = from.r11;
    to.r12 = from.r12, to.r13 = from.r13, to.r14 = from.r14, to.r15 = from.r15;
    to.rdi = from.rdi, to.rsi = from.rsi, to.rbp = from.rbp, to.rbx = from.rbx;
    to.rdx = from.rdx, to.rax = from.rax, to.rcx = from.rcx;
    to.rsp = from.rsp, to.rip = from.rip;
    to.rflags = (to.rflags & ~settable_flags) | (from.rflags & settable_flags);
}

} // namespace

bool on_alternate_stack(const Task& task, std::uint64_t stack_pointer) {
    const SignalStack& stack = task.alternate_stack;
    return !(stack.flags & stack_flag::disable) && stack_pointer > stack.base &&
           stack_pointer - stack.base <= stack.bytes;
}

std::uint64_t signal_frame_bytes_max() {
    return sizeof(SignalFrame) + machine_info().xsave_bytes + sizeof extended_state_magic2 + image_alignment + 16 +
           RED_ZONE_BYTES;
}

bool push_signal_frame(Task& task, RegisterFrame& frame, const SignalAction& action, const SignalInfo& info,
                       SignalSet mask_to_restore) {
    const std::uint64_t image_bytes = machine_info().xsave_bytes;
    std::uint64_t top = frame.rsp - RED_ZONE_BYTES;
    bool switches = (action.flags & action_flag::on_stack) && !(task.alternate_stack.flags & stack_flag::disable) &&
                    !on_alternate_stack(task, frame.rsp);
    if (switches)
        top = task.alternate_stack.base + task.alternate_stack.bytes;
    std::uint64_t image = (top - image_bytes - sizeof extended_state_magic2) & ~(image_alignment - 1);
    // At the handler's first instruction the stack is as after a call: 8 below a multiple of 16.
    std::uint64_t place = ((image - sizeof(SignalFrame)) & ~15ull) - 8;
    if (place > top || (switches && place < task.alternate_stack.base) || !prepare(place, top))
        return false;

    SignalFrame built;
    fill_bytes(&built, 0, sizeof built);
    built.restorer = action.restorer;
    built.context.flags =
        user_context_flag::extended_state | user_context_flag::saved_ss | user_context_flag::strict_ss;
    built.context.stack = task.alternate_stack;
    if (on_alternate_stack(task, frame.rsp))
        built.context.stack.flags |= stack_flag::on_stack;
    fill_registers(built.context.registers, frame);
    built.context.registers.extended_state = image;
    built.context.registers.old_mask = mask_to_restore;
    built.context.mask = mask_to_restore;
    built.info = info;

    ExtendedStateMark mark{};
    mark.magic1 = extended_state_magic1;
    mark.extended_bytes = static_cast<std::uint32_t>(image_bytes + sizeof extended_state_magic2);
    mark.features = enabled_features();
    mark.image_bytes = static_cast<std::uint32_t>(image_bytes);
    if (!zero_user(image + header_offset, header_bytes) || !write_user(place, built))
        return false;
    save_image(image);
    if (!write_user(image + extended_state_mark_offset, mark) ||
        !write_user(image + image_bytes, extended_state_magic2))
        return false;
    reset_arithmetic();

    if (switches && (task.alternate_stack.flags & stack_flag::auto_disarm))
        task.alternate_stack = {0, stack_flag::disable, 0, 0};
    frame.rip = action.handler;
    frame.rsp = place;
    frame.rax = 0;
    frame.rdi = static_cast<std::uint64_t>(info.number);
    frame.rsi = place + offsetof(SignalFrame, info);
    frame.rdx = place + offsetof(SignalFrame, context);
    frame.rflags &= ~(direction_flag | trap_flag | resume_flag);
    return true;
}

bool pop_signal_frame(Task& task, RegisterFrame& frame) {
    UserContext context;
    // The handler's return took the restorer's address off the stack.
    if (!read_user(&context, frame.rsp))
        return false;
    if (context.registers.extended_state && !restore_image(context.registers.extended_state))
        return false;
    take_registers(frame, context.registers);
    task.blocked = context.mask & ~signals_never_blocked;
    if (!(context.stack.flags & ~(stack_flag::on_stack | stack_flag::disable | stack_flag::auto_disarm)) &&
        !on_alternate_stack(task, frame.rsp)) {
        task.alternate_stack = context.stack;
        task.alternate_stack.flags &= ~stack_flag::on_stack;
    }
    return true;
}

} // namespace exo::hpc
