// See clock.hpp. The interval is short, since every instruction before the first program counts; the HPET's
// resolution (IA-PC HPET 1.0a, 2.3) makes it exact to a few parts in 10^5.
#include "exokernel/boot/clock.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/physical.hpp"

namespace exo {

namespace {

constexpr unsigned polls_max = 200'000'000;

// What was counted between two readings of the reference clock.
struct Interval {
    std::uint64_t tsc;
    std::uint64_t timer_ticks;
    std::uint64_t nanoseconds; // 0: the reference did not move
};

// The clocks read at one moment: of several readings, the one that the fewest cycles separate from the
// reference's, since the processor may be taken away in between (by a host, or firmware).
struct Reading {
    std::uint64_t tsc, timer_ticks, reference;
};

Reading read_together(const volatile std::uint64_t* counter) {
    Reading best{};
    std::uint64_t closest = ~0ull;
    for (unsigned attempt = 0; attempt < 5; attempt++) {
        std::uint64_t before = rdtsc();
        std::uint64_t reference = *counter;
        std::uint64_t ticks = apic_counted();
        std::uint64_t apart = rdtsc() - before;
        if (apart < closest) {
            closest = apart;
            best = {before + apart / 2, ticks, reference};
        }
    }
    return best;
}

Interval measure_by_hpet(std::byte* registers) {
    // Safe: the firmware's HPET block is 1 KiB of 64-bit registers.
    auto* capabilities = reinterpret_cast<volatile std::uint64_t*>(registers);
    auto* configuration = reinterpret_cast<volatile std::uint64_t*>(registers + 0x10);
    auto* counter = reinterpret_cast<volatile std::uint64_t*>(registers + 0xf0);
    std::uint64_t period_fs = *capabilities >> 32;
    if (period_fs == 0 || period_fs > 100'000'000)
        return {};
    *configuration = *configuration | 1;
    std::uint64_t wanted = 2'000'000'000'000ull / period_fs; // 2 ms
    apic_count_begin();
    Reading begin = read_together(counter);
    for (unsigned polls = 0; *counter - begin.reference < wanted && polls < polls_max; polls++)
        pause();
    Reading end = read_together(counter);
    return {end.tsc - begin.tsc, end.timer_ticks - begin.timer_ticks,
            (end.reference - begin.reference) * period_fs / 1'000'000};
}

// Channel 2 of the 8254, 1.193182 MHz, in mode 0; gate and output at port 0x61.
Interval measure_by_pit() {
    constexpr std::uint64_t pit_hz = 1'193'182, count = 11932; // 10 ms
    out8(0x61, static_cast<std::uint8_t>((in8(0x61) & ~2u) | 1u));
    out8(0x43, 0xb0);
    out8(0x42, static_cast<std::uint8_t>(count & 0xff));
    apic_count_begin();
    out8(0x42, static_cast<std::uint8_t>(count >> 8));
    std::uint64_t tsc = rdtsc(), ticks = apic_counted();
    for (unsigned polls = 0; polls < polls_max; polls++) {
        if (in8(0x61) & 0x20)
            return {rdtsc() - tsc, apic_counted() - ticks, count * 1'000'000'000 / pit_hz};
        pause();
    }
    return {};
}

std::uint8_t cmos(std::uint8_t index) {
    out8(0x70, index);
    return in8(0x71);
}

// Seconds since 1970 from the CMOS clock (MC146818), taken as UTC.
std::uint64_t wall_clock() {
    for (unsigned polls = 0; (cmos(0x0a) & 0x80) && polls < 100'000; polls++)
        pause();
    std::uint8_t status = cmos(0x0b);
    auto field = [status](std::uint8_t index) -> std::uint64_t {
        std::uint8_t raw = cmos(index);
        return status & 4 ? raw : static_cast<std::uint64_t>((raw >> 4) * 10 + (raw & 15));
    };
    std::uint64_t hour = cmos(4);
    bool afternoon = !(status & 2) && (hour & 0x80);
    hour &= 0x7f;
    hour = status & 4 ? hour : (hour >> 4) * 10 + (hour & 15);
    if (!(status & 2))
        hour = hour % 12 + (afternoon ? 12 : 0);
    std::uint64_t year = 2000 + field(9), month = field(8), day = field(7);
    // Days since 1970-03-01 style count: years start in March so that leap days come last.
    std::uint64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    std::uint64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
    return ((days * 24 + hour) * 60 + field(2)) * 60 + field(0);
}

} // namespace

void clock_start(const Platform& platform) {
    Interval interval{};
    if (platform.hpet_address)
        interval = measure_by_hpet(map_registers(platform.hpet_address, 1024));
    if (interval.nanoseconds == 0)
        interval = measure_by_pit();
    if (interval.nanoseconds == 0 || interval.tsc == 0)
        panic("no clock to calibrate against: neither HPET nor PIT counts");
    // TSC cycles in an interval of well under a second fit 64 bits times 10^9.
    machine_info.tsc_hz = interval.tsc * 1'000'000'000 / interval.nanoseconds;
    apic_timer_rate(interval.tsc, interval.timer_ticks);
    machine_info.boot_epoch_seconds = wall_clock();
    machine_info.boot_epoch_tsc = rdtsc();
}

} // namespace exo
