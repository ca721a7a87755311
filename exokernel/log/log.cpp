// Serial output (16550 at COM1, polled) and the formatter. Panics are in panic.cpp.
#include "exokernel/log/log.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"

#include <cstdarg>

namespace exo {

namespace {

// 16550 UART: data, line control and line status registers; COM1 on every PC.
constexpr std::uint16_t com1 = 0x3f8;
constexpr std::uint8_t line_status_empty = 0x20;
constexpr unsigned transmit_polls_max = 100'000;

std::uint32_t output_lock;

struct Line {
    char text[256];
    std::size_t length = 0;
    void put(char c) {
        if (length < sizeof text)
            text[length++] = c;
    }
};

void put_number(Line& line, std::uint64_t value, unsigned base, unsigned width) {
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (width > count) {
        line.put('0');
        width--;
    }
    while (count)
        line.put(digits[--count]);
}

} // namespace

void log_start() {
    out8(com1 + 1, 0);    // no interrupts
    out8(com1 + 3, 0x80); // divisor latch
    out8(com1 + 0, 1);    // 115200 baud
    out8(com1 + 1, 0);
    out8(com1 + 3, 3);    // 8 bits, no parity, 1 stop bit
    out8(com1 + 2, 0xc7); // FIFOs on and empty
    out8(com1 + 4, 3);
}

void log_bytes(const char* text, std::size_t length) {
    // A core that panics while another logs must not hang: the lock is tried, not insisted on.
    for (unsigned spins = 0; __atomic_exchange_n(&output_lock, 1u, __ATOMIC_ACQUIRE) && spins < 1'000'000; spins++)
        pause();
    for (std::size_t i = 0; i < length; i++) {
        for (unsigned polls = 0; !(in8(com1 + 5) & line_status_empty) && polls < transmit_polls_max; polls++)
            pause();
        out8(com1, static_cast<std::uint8_t>(text[i]));
    }
    __atomic_store_n(&output_lock, 0u, __ATOMIC_RELEASE);
}

static void format(Line& line, const char* text, va_list arguments) {
    for (; *text; text++) {
        if (*text != '%') {
            line.put(*text);
            continue;
        }
        text++;
        unsigned width = 0;
        while (*text >= '0' && *text <= '9')
            width = width * 10 + static_cast<unsigned>(*text++ - '0');
        bool wide = false;
        while (*text == 'l') {
            wide = true;
            text++;
        }
        switch (*text) {
        case 's':
            for (const char* s = va_arg(arguments, const char*); *s; s++)
                line.put(*s);
            break;
        case 'c':
            line.put(static_cast<char>(va_arg(arguments, int)));
            break;
        case 'd': {
            std::int64_t value = wide ? va_arg(arguments, std::int64_t) : va_arg(arguments, int);
            if (value < 0)
                line.put('-');
            put_number(line, value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value), 10,
                       width);
            break;
        }
        case 'u':
            put_number(line, wide ? va_arg(arguments, std::uint64_t) : va_arg(arguments, unsigned), 10, width);
            break;
        case 'x':
            put_number(line, wide ? va_arg(arguments, std::uint64_t) : va_arg(arguments, unsigned), 16, width);
            break;
        case 'p':
            put_number(line, va_arg(arguments, std::uint64_t), 16, 16);
            break;
        case '%':
            line.put('%');
            break;
        default:
            line.put('?');
            return;
        }
    }
}

void klog_va(const char* text, va_list arguments);
void klog_va(const char* text, va_list arguments) {
    Line line;
    format(line, text, arguments);
    line.put('\n');
    log_bytes(line.text, line.length);
}

void klog(const char* text, ...) {
    va_list arguments;
    va_start(arguments, text);
    klog_va(text, arguments);
    va_end(arguments);
}

} // namespace exo
