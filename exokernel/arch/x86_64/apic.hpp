// The local APIC: interprocessor interrupts, the one-shot timer, end of interrupt (Intel SDM 3A 11).
#pragma once

#include <cstdint>

namespace exo {

// Vectors of the kernel's own; device interrupts use [device_vector_first, device_vector_end).
inline constexpr std::uint8_t device_vector_first = 0x30;
inline constexpr std::uint8_t device_vector_end = 0xe0;
inline constexpr std::uint8_t timer_vector = 0xf0;
inline constexpr std::uint8_t ipi_vector = 0xf1;
inline constexpr std::uint8_t spurious_vector = 0xff;

// On the first core, before any other: maps registers or picks x2APIC mode, masks the legacy controllers.
void apic_start(std::uint64_t registers);
// On every core.
void apic_enable();
std::uint32_t apic_id();
void apic_end_of_interrupt();
// Whether this core has taken an interrupt of this vector and not ended it: false for an exception.
bool apic_in_service(std::uint8_t vector);
void send_ipi(std::uint32_t apic_id, std::uint8_t vector);
// INIT and start-up IPIs (Intel SDM 3A 9.4.4); `page` is below 256.
void send_init(std::uint32_t apic_id);
void send_startup(std::uint32_t apic_id, std::uint8_t page);

// One interrupt at about this TSC value, replacing any earlier request; 0 turns it off.
void apic_timer(std::uint64_t deadline_tsc);
// For calibration: lets the timer count without interrupting, reads how far it has come, and is told the rate.
void apic_count_begin();
std::uint64_t apic_counted();
void apic_timer_rate(std::uint64_t tsc_cycles, std::uint64_t ticks);

} // namespace exo
