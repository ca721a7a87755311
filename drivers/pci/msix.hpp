// The MSI-X capability and table of one function (PCI 6.8.2). The kernel alone writes the table.
#pragma once

#include "drivers/pci/config_space.hpp"

namespace exo::pci {

// Where the table and the pending bits are, from the capability.
struct MsixLocation {
    std::uint64_t capability;
    std::uint16_t vectors;
    std::uint8_t table_bar;
    std::uint8_t pending_bar;
    std::uint32_t table_offset;
    std::uint32_t pending_offset;

    std::uint64_t table_bytes() const { return vectors * msix::entry_bytes; }
    std::uint64_t pending_bytes() const { return (vectors + 63ull) / 64 * 8; }
};

std::optional<MsixLocation> find_msix(const ConfigSpace& config);
void enable_msix(const ConfigSpace& config, const MsixLocation& location);
void disable_msix(const ConfigSpace& config, const MsixLocation& location);

class MsixTable {
public:
    MsixTable() = default;
    explicit MsixTable(const Registers& table) : table_(table) {}

    // Sets an entry's message and leaves it masked.
    void set(unsigned vector, std::uint64_t address, std::uint32_t data) const;
    // Returns after the write has reached the function.
    void mask(unsigned vector) const;
    void unmask(unsigned vector) const;

private:
    Registers table_{};
};

} // namespace exo::pci
