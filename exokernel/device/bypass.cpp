// Asks a virtio function for its features through the window in its configuration space, so that no register
// of it has to be mapped (virtio 1.2, 4.1.4.9).
#include "exokernel/device/bypass.hpp"

#include "drivers/virtio/spec.hpp"

namespace exo {

namespace {

// virtio 1.2, 4.1.2: legacy and modern devices.
constexpr std::uint16_t virtio_device_first = 0x1000;
constexpr std::uint16_t virtio_device_last = 0x107f;
// virtio 1.2, 4.1.4.9: the register of the window, behind the capability's common fields.
constexpr std::uint64_t window_data = 16;
// The half of the feature bits that the bit is in.
constexpr std::uint32_t access_platform_word = 1;
constexpr auto access_platform_bit = static_cast<std::uint32_t>(virtio::feature::access_platform >> 32);
constexpr unsigned vendor_capabilities_max = 16;

std::optional<std::uint64_t> find_virtio(const pci::ConfigSpace& config, virtio::StructureType type) {
    auto at = config.find(pci::Capability::Vendor);
    for (unsigned i = 0; at && i < vendor_capabilities_max; ++i) {
        if (config.read8(*at + virtio::pci_capability::type) == static_cast<std::uint8_t>(type)) {
            return at;
        }
        at = config.find(pci::Capability::Vendor, *at);
    }
    return std::nullopt;
}

void point_window(const pci::ConfigSpace& config, std::uint64_t window, std::uint8_t bar, std::uint32_t offset) {
    config.write8(window + virtio::pci_capability::bar, bar);
    config.write32(window + virtio::pci_capability::offset, offset);
    config.write32(window + virtio::pci_capability::bytes, 4);
}

} // namespace

bool bypasses_iommu(const pci::ConfigSpace& config) {
    const std::uint16_t device = config.read16(pci::header::device);
    if (config.read16(pci::header::vendor) != virtio::pci_vendor || device < virtio_device_first ||
        device > virtio_device_last) {
        return false;
    }
    const auto common = find_virtio(config, virtio::StructureType::Common);
    const auto window = find_virtio(config, virtio::StructureType::PciAccess);
    if (!common || !window) {
        return true; // a legacy device, or one that cannot be asked
    }
    const std::uint16_t command_before = config.read16(pci::header::command);
    config.change_command(0, pci::command::memory_space);
    const std::uint8_t bar = config.read8(*common + virtio::pci_capability::bar);
    const std::uint32_t base = config.read32(*common + virtio::pci_capability::offset);
    point_window(config, *window, bar, base + static_cast<std::uint32_t>(virtio::common::device_feature_select));
    config.write32(*window + window_data, access_platform_word);
    point_window(config, *window, bar, base + static_cast<std::uint32_t>(virtio::common::device_feature));
    const std::uint32_t features = config.read32(*window + window_data);
    config.write16(pci::header::command, command_before);
    return features == ~0u || (features & access_platform_bit) == 0;
}

} // namespace exo
