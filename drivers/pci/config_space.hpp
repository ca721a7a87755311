// The 4 KiB configuration space of one function, and the two lists of capabilities in it.
// A list is believed only as far as it stays inside the space and ends in time.
#pragma once

#include "drivers/pci/spec.hpp"
#include "drivers/register-access/registers.hpp"

#include <optional>

namespace exo::pci {

class ConfigSpace {
public:
    ConfigSpace() = default;
    explicit ConfigSpace(const Registers& registers) : registers_(registers) {}

    std::uint8_t read8(std::uint64_t offset) const { return registers_.read8(offset); }
    std::uint16_t read16(std::uint64_t offset) const { return registers_.read16(offset); }
    std::uint32_t read32(std::uint64_t offset) const { return registers_.read32(offset); }
    void write8(std::uint64_t offset, std::uint8_t value) const { registers_.write8(offset, value); }
    void write16(std::uint64_t offset, std::uint16_t value) const { registers_.write16(offset, value); }
    void write32(std::uint64_t offset, std::uint32_t value) const { registers_.write32(offset, value); }

    const Registers& registers() const { return registers_; }

    bool present() const { return read16(header::vendor) != no_vendor; }
    std::uint8_t header_type() const { return read8(header::type) & type_mask; }
    bool multi_function() const { return (read8(header::type) & type_multi_function) != 0; }
    // Class, subclass and interface, as class << 16 | subclass << 8 | interface.
    std::uint32_t class_code() const { return read32(header::class_revision) >> 8; }

    // Offset of a capability; of the first after `after` when that is given.
    std::optional<std::uint64_t> find(Capability id, std::uint64_t after = 0) const;
    std::optional<std::uint64_t> find(ExtendedCapability id) const;

    void change_command(std::uint16_t clear, std::uint16_t set) const;

private:
    Registers registers_{};
};

} // namespace exo::pci
