// The kernel's voice: a serial log with a small formatter, assertions that are always on, and panic.
// Nothing here waits without a bound: a serial port that never drains loses text, not time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

void log_start();
void log_bytes(const char* text, std::size_t length);
// %s %c %d %u %x %lu %ld %lx %p %%, with an optional zero-padded width.
[[gnu::format(printf, 1, 2)]] void klog(const char* format, ...);
// Prints the text, a backtrace with symbols, and stops the machine.
[[noreturn]] [[gnu::format(printf, 1, 2)]] void panic(const char* format, ...);
// Prints return addresses found by following frame pointers from `frame_pointer`.
void log_backtrace(std::uint64_t rip, std::uint64_t frame_pointer);

// The function that contains an address of the kernel's text, or null.
const char* symbol_name(std::uint64_t address, std::uint64_t* offset);

// Ends the machine with a status visible to whoever started it. Does not return.
[[noreturn]] void machine_off(std::uint8_t status);

} // namespace exo

#define ASSERT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) [[unlikely]]                                                                                 \
            ::exo::panic("assertion failed: %s at %s:%d", #condition, __FILE__, __LINE__);                             \
    } while (0)
