// Bring-up of an 82574L by whoever owns the function: reset, address, rings, filters, interrupts, in the order of the
// datasheet's 4.6. Slow and careful; frames travel through queue.hpp.
#pragma once

#include "drivers/e1000e/problem.hpp"
#include "drivers/e1000e/spec.hpp"
#include "drivers/register-access/clock.hpp"
#include "drivers/register-access/registers.hpp"

#include <array>

namespace exo::e1000e {

inline constexpr std::uint64_t reset_timeout_us = 1'000'000;

struct Wishes {
    bool promiscuous = false;
};

// Where a ring lies for the device.
struct RingPlace {
    std::uint64_t device_address = 0;
    std::uint32_t bytes = 0;
};

// Of MSI-X.
struct Vectors {
    std::uint32_t receive = 0, transmit = 0;
};

class Control {
public:
    // Resets the NIC and reads its address; it takes and sends nothing yet. `registers`: its register window.
    Expected<void> open(const Registers& registers, const Clock& clock, const Wishes& wishes);
    const std::array<std::uint8_t, 6>& address() const { return address_; }
    bool link_is_up() const { return (registers_.read32(reg::status) & status::link_up) != 0; }

    // Lays rings down, of which the NIC owns nothing yet, and lets it work. Interrupts stay off.
    void start(const RingPlace& receive, const RingPlace& transmit, const Vectors& vector);
    // One interrupt for the next frame received; it switches itself off. Forgets what came before.
    void enable_interrupt();
    void disable_interrupt();
    // One interrupt for frames sent, at once if any was since the last one.
    void enable_sent_interrupt();
    void disable_sent_interrupt();

    // Stops everything. False when the NIC did not obey in time. Afterwards it touches no memory.
    bool reset();

private:
    Registers registers_{};
    Clock clock_{};
    Wishes wishes_;
    std::array<std::uint8_t, 6> address_{};
};

} // namespace exo::e1000e
