// See control.hpp.
#include "drivers/e1000e/control.hpp"

namespace exo::e1000e {

namespace {

constexpr std::uint32_t all_causes = ~0u;

} // namespace

bool Control::reset() {
    registers_.write32(reg::interrupt_mask_clear, all_causes);
    registers_.write32(reg::receive_control, 0);
    registers_.write32(reg::transmit_control, transmit_control::pad_short);
    registers_.write32(reg::control, registers_.read32(reg::control) | control::reset);
    const bool done = poll_until(clock_, reset_timeout_us,
                                 [this] { return (registers_.read32(reg::control) & control::reset) == 0; });
    // The reset enabled what it enables by itself (4.6.1).
    registers_.write32(reg::interrupt_mask_clear, all_causes);
    registers_.write32(reg::interrupt_cause, all_causes);
    return done;
}

Expected<void> Control::open(const Registers& registers, const Clock& clock, const Wishes& wishes) {
    registers_ = registers;
    clock_ = clock;
    wishes_ = wishes;
    if (!reset())
        return std::unexpected(Problem::ResetTimedOut);
    // The address comes from the NVM with the reset (10.2.5.23).
    const std::uint32_t low = registers_.read32(reg::address_low), high = registers_.read32(reg::address_high);
    if ((high & address_high::valid) == 0 || (low | (high & 0xffff)) == 0)
        return std::unexpected(Problem::NoAddress);
    for (unsigned index = 0; index < 4; ++index)
        address_[index] = static_cast<std::uint8_t>(low >> (8 * index));
    address_[4] = static_cast<std::uint8_t>(high);
    address_[5] = static_cast<std::uint8_t>(high >> 8);
    registers_.write32(reg::control_extended,
                       registers_.read32(reg::control_extended) | control_extended::driver_loaded);
    registers_.write32(reg::control, registers_.read32(reg::control) | control::link_up | control::auto_speed);
    return {};
}

void Control::start(const RingPlace& receive, const RingPlace& transmit, const Vectors& vector) {
    for (unsigned word = 0; word < multicast_table_words; ++word)
        registers_.write32(reg::multicast_table + 4 * word, 0);

    registers_.write32(reg::receive_base_low, static_cast<std::uint32_t>(receive.device_address));
    registers_.write32(reg::receive_base_high, static_cast<std::uint32_t>(receive.device_address >> 32));
    registers_.write32(reg::receive_bytes, receive.bytes);
    registers_.write32(reg::receive_head, 0);
    registers_.write32(reg::receive_tail, 0);
    registers_.write32(reg::receive_descriptor_control,
                       descriptor_control::by_descriptors | descriptor_control::write_back_each);
    registers_.write32(reg::receive_filter, 0); // legacy descriptors
    registers_.write32(reg::receive_checksum, receive_checksum::ip | receive_checksum::transport);

    registers_.write32(reg::transmit_base_low, static_cast<std::uint32_t>(transmit.device_address));
    registers_.write32(reg::transmit_base_high, static_cast<std::uint32_t>(transmit.device_address >> 32));
    registers_.write32(reg::transmit_bytes, transmit.bytes);
    registers_.write32(reg::transmit_head, 0);
    registers_.write32(reg::transmit_tail, 0);
    registers_.write32(reg::transmit_descriptor_control, descriptor_control::by_descriptors |
                                                             descriptor_control::write_back_each |
                                                             descriptor_control::transmit_always_set);
    registers_.write32(reg::transmit_gap, transmit_gap_recommended);

    registers_.write32(reg::vector_allocation, (vector.receive | vectors::valid) << vectors::receive_queue_0_shift |
                                                   (vector.transmit | vectors::valid)
                                                       << vectors::transmit_queue_0_shift);
    // An interrupt clears its cause, and with it its mask (7.4.5).
    registers_.write32(reg::interrupt_auto_clear, cause::receive_queue_0 | cause::transmit_queue_0);

    registers_.write32(reg::transmit_control,
                       transmit_control::enable | transmit_control::pad_short | transmit_control::collisions);
    std::uint32_t receiving = receive_control::enable | receive_control::all_multicast | receive_control::broadcast |
                              receive_control::strip_crc;
    if (wishes_.promiscuous)
        receiving |= receive_control::all_unicast;
    registers_.write32(reg::receive_control, receiving);
}

void Control::enable_interrupt() {
    registers_.write32(reg::interrupt_cause, cause::receive_queue_0);
    registers_.write32(reg::interrupt_mask_set, cause::receive_queue_0);
}

void Control::disable_interrupt() {
    registers_.write32(reg::interrupt_mask_clear, cause::receive_queue_0);
}

void Control::enable_sent_interrupt() {
    registers_.write32(reg::interrupt_mask_set, cause::transmit_queue_0);
}

void Control::disable_sent_interrupt() {
    registers_.write32(reg::interrupt_mask_clear, cause::transmit_queue_0);
}

} // namespace exo::e1000e
