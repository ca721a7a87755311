// The end of the machine, wanted or not: panic with a symbolised backtrace, and power off.
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/log/log.hpp"

#include <cstdarg>

namespace exo {

void klog_va(const char* text, va_list arguments);

namespace {

// Port of QEMU's isa-debug-exit device: a write ends the machine.
constexpr std::uint16_t debug_exit_port = 0xf4;
constexpr unsigned backtrace_depth_max = 32;

// The symbol table made from the linked image: count, then {address, offset of name} rows sorted by
// address, then the names. Empty in the first of the two links.
extern "C" const std::uint64_t kernel_symbols[];
extern "C" const char kernel_text_end[];

} // namespace

const char* symbol_name(std::uint64_t address, std::uint64_t* offset) {
    std::uint64_t count = kernel_symbols[0];
    if (count == 0 || address < kernel_symbols[1] || address >= reinterpret_cast<std::uint64_t>(kernel_text_end))
        return nullptr;
    std::uint64_t low = 0, high = count;
    while (high - low > 1) {
        std::uint64_t middle = (low + high) / 2;
        if (kernel_symbols[1 + 2 * middle] <= address)
            low = middle;
        else
            high = middle;
    }
    *offset = address - kernel_symbols[1 + 2 * low];
    // Safe: the generator of the table puts the names right behind its rows.
    return reinterpret_cast<const char*>(&kernel_symbols[1 + 2 * count]) + kernel_symbols[2 + 2 * low];
}

void log_backtrace(std::uint64_t rip, std::uint64_t frame_pointer) {
    for (unsigned depth = 0; depth < backtrace_depth_max && rip; depth++) {
        std::uint64_t offset = 0;
        const char* name = symbol_name(rip, &offset);
        klog("  #%u %p %s+0x%lx", depth, reinterpret_cast<void*>(rip), name ? name : "?", offset);
        if (frame_pointer < 0xffff'8000'0000'0000ull || frame_pointer % 8)
            return;
        // Safe: kernel code keeps frame pointers, so a canonical upper-half value is a frame on a kernel stack.
        auto* frame = reinterpret_cast<const std::uint64_t*>(frame_pointer);
        if (frame[0] <= frame_pointer)
            return;
        rip = frame[1];
        frame_pointer = frame[0];
    }
}

void panic(const char* text, ...) {
    interrupts_off();
    static std::uint32_t panicking;
    if (!__atomic_exchange_n(&panicking, 1u, __ATOMIC_ACQ_REL)) {
        log_bytes("kernel panic: ", 14);
        va_list arguments;
        va_start(arguments, text);
        klog_va(text, arguments);
        va_end(arguments);
        auto* frame = static_cast<const std::uint64_t*>(__builtin_frame_address(0));
        log_backtrace(frame[1], frame[0]);
    }
    machine_off(0x7f);
}

void machine_off(std::uint8_t status) {
    out8(debug_exit_port, status);
    out16(0x604, 0x2000); // q35's ACPI PM1a control: soft off
    for (;;)
        asm volatile("cli; hlt"); // Safe: nothing is left to do on this core.
}

} // namespace exo
