// See apic.hpp. xAPIC registers are memory-mapped, x2APIC ones are MSRs with the same numbering.
#include "exokernel/arch/x86_64/apic.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/features.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/physical.hpp"

namespace exo {

namespace {

namespace reg {
constexpr std::uint32_t id = 0x20, task_priority = 0x80, end_of_interrupt = 0xb0, spurious = 0xf0, in_service = 0x100,
                        command = 0x300, command_high = 0x310, timer = 0x320, lint0 = 0x350, lint1 = 0x360,
                        initial_count = 0x380, current_count = 0x390, divide = 0x3e0;
}
constexpr std::uint32_t masked = 1 << 16;
constexpr std::uint32_t divide_by_16 = 3;
constexpr std::uint32_t delivery_pending = 1 << 12;

volatile std::byte* registers;
std::uint64_t tsc_per_tick_scaled; // TSC cycles per timer tick, times 2^16
bool x2;

std::uint32_t read(std::uint32_t number) {
    if (x2)
        return static_cast<std::uint32_t>(rdmsr(msr::x2apic_first + (number >> 4)));
    // Safe: mapped by apic_start; 32-bit aligned registers.
    return *reinterpret_cast<volatile std::uint32_t*>(registers + number);
}

void write(std::uint32_t number, std::uint32_t value) {
    if (x2)
        wrmsr(msr::x2apic_first + (number >> 4), value);
    else
        *reinterpret_cast<volatile std::uint32_t*>(registers + number) = value; // Safe: as read.
}

void command(std::uint32_t target, std::uint32_t low) {
    if (x2) {
        wrmsr(msr::x2apic_first + (reg::command >> 4), (static_cast<std::uint64_t>(target) << 32) | low);
        return;
    }
    for (unsigned polls = 0; (read(reg::command) & delivery_pending) && polls < 1'000'000; polls++)
        pause();
    write(reg::command_high, target << 24);
    write(reg::command, low);
}

} // namespace

void apic_start(std::uint64_t address) {
    out8(0x21, 0xff); // the legacy interrupt controllers stay silent
    out8(0xa1, 0xff);
    x2 = features.x2apic;
    if (!x2)
        registers = map_registers(address, page_bytes);
}

void apic_enable() {
    std::uint64_t base = rdmsr(msr::apic_base);
    wrmsr(msr::apic_base, base | 1u << 11 | (x2 ? 1u << 10 : 0));
    write(reg::task_priority, 0);
    write(reg::lint0, masked);
    write(reg::lint1, masked);
    write(reg::timer, masked | timer_vector);
    write(reg::divide, divide_by_16);
    write(reg::spurious, 1u << 8 | spurious_vector);
}

std::uint32_t apic_id() {
    return x2 ? read(reg::id) : read(reg::id) >> 24;
}
void apic_end_of_interrupt() {
    write(reg::end_of_interrupt, 0);
}
bool apic_in_service(std::uint8_t vector) {
    return (x2 || registers) && (read(reg::in_service + vector / 32 * 0x10) >> vector % 32 & 1);
}
void send_ipi(std::uint32_t target, std::uint8_t vector) {
    command(target, 1u << 14 | vector);
}
void send_init(std::uint32_t target) {
    command(target, 0x4500);
}
void send_startup(std::uint32_t target, std::uint8_t page) {
    command(target, 0x4600u | page);
}

void apic_timer(std::uint64_t deadline_tsc) {
    if (deadline_tsc == 0) {
        write(reg::initial_count, 0);
        write(reg::timer, masked | timer_vector);
        return;
    }
    std::uint64_t now = rdtsc();
    std::uint64_t cycles = deadline_tsc > now ? deadline_tsc - now : 0;
    std::uint64_t ticks = cycles >> 40 ? 0xffff'ffff : (cycles << 16) / tsc_per_tick_scaled + 1;
    if (ticks > 0xffff'ffff)
        ticks = 0xffff'ffff; // comes early and is set again
    write(reg::timer, timer_vector);
    write(reg::initial_count, static_cast<std::uint32_t>(ticks));
}

void apic_count_begin() {
    write(reg::timer, masked | timer_vector);
    write(reg::initial_count, 0xffff'ffff);
}

std::uint64_t apic_counted() {
    return 0xffff'ffff - read(reg::current_count);
}

void apic_timer_rate(std::uint64_t tsc_cycles, std::uint64_t ticks) {
    write(reg::initial_count, 0);
    tsc_per_tick_scaled = (tsc_cycles << 16) / (ticks ? ticks : 1);
    if (tsc_per_tick_scaled == 0)
        panic("the local timer does not count");
}

} // namespace exo
