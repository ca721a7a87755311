// Entries are written masked and read back, because writes to the function are posted. Interface: msix.hpp.
#include "drivers/pci/msix.hpp"

namespace exo::pci {

namespace {

constexpr std::uint64_t entry_at(unsigned vector) {
    return vector * msix::entry_bytes;
}

} // namespace

std::optional<MsixLocation> find_msix(const ConfigSpace& config) {
    const auto capability = config.find(Capability::MsiX);
    if (!capability) {
        return std::nullopt;
    }
    const std::uint32_t table = config.read32(*capability + msix::table);
    const std::uint32_t pending = config.read32(*capability + msix::pending);
    const std::uint16_t control = config.read16(*capability + msix::control);
    return MsixLocation{
        .capability = *capability,
        .vectors = static_cast<std::uint16_t>((control & msix::control_size_mask) + 1),
        .table_bar = static_cast<std::uint8_t>(table & msix::bar_mask),
        .pending_bar = static_cast<std::uint8_t>(pending & msix::bar_mask),
        .table_offset = table & ~msix::bar_mask,
        .pending_offset = pending & ~msix::bar_mask,
    };
}

void enable_msix(const ConfigSpace& config, const MsixLocation& location) {
    const std::uint64_t at = location.capability + msix::control;
    const std::uint16_t control = config.read16(at);
    config.write16(at, static_cast<std::uint16_t>((control & ~msix::control_mask_all) | msix::control_enable));
}

void disable_msix(const ConfigSpace& config, const MsixLocation& location) {
    const std::uint64_t at = location.capability + msix::control;
    config.write16(at, static_cast<std::uint16_t>(config.read16(at) & ~msix::control_enable));
}

void MsixTable::set(unsigned vector, std::uint64_t address, std::uint32_t data) const {
    mask(vector);
    table_.write32(entry_at(vector) + msix::entry_address, static_cast<std::uint32_t>(address));
    table_.write32(entry_at(vector) + msix::entry_address + 4, static_cast<std::uint32_t>(address >> 32));
    table_.write32(entry_at(vector) + msix::entry_data, data);
}

void MsixTable::mask(unsigned vector) const {
    const std::uint64_t at = entry_at(vector) + msix::entry_control;
    table_.write32(at, table_.read32(at) | msix::entry_masked);
    // The write is posted; reading it back waits until the function has it (PCI 3.2.5).
    (void)table_.read32(at);
}

void MsixTable::unmask(unsigned vector) const {
    const std::uint64_t at = entry_at(vector) + msix::entry_control;
    table_.write32(at, table_.read32(at) & ~msix::entry_masked);
}

} // namespace exo::pci
