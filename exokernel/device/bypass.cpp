// Asks a virtio function for its features through the window in its configuration space, so that no register
// of it has to be mapped (virtio 1.2, 4.1.4.9).
#include "exokernel/device/bypass.hpp"

namespace exo {

namespace {

// virtio 1.2, 4.1.2.
constexpr std::uint16_t virtio_vendor = 0x1af4;
constexpr std::uint16_t virtio_device_first = 0x1000;
constexpr std::uint16_t virtio_device_last = 0x107f;
// virtio 1.2, 4.1.4: struct virtio_pci_cap.
constexpr std::uint64_t cap_type = 3;
constexpr std::uint64_t cap_bar = 4;
constexpr std::uint64_t cap_offset = 8;
constexpr std::uint64_t cap_length = 12;
constexpr std::uint64_t cap_window_data = 16;
constexpr std::uint8_t type_common = 1;
constexpr std::uint8_t type_window = 5;
// virtio 1.2, 4.1.4.3: struct virtio_pci_common_cfg.
constexpr std::uint32_t common_feature_select = 0;
constexpr std::uint32_t common_feature = 4;
// virtio 1.2, 6: feature bit 33, in the second word.
constexpr std::uint32_t access_platform_word = 1;
constexpr std::uint32_t access_platform_bit = 1u << 1;
constexpr unsigned vendor_capabilities_max = 16;

std::optional<std::uint64_t> find_virtio(const pci::ConfigSpace& config, std::uint8_t type) {
    auto at = config.find(pci::Capability::Vendor);
    for (unsigned i = 0; at && i < vendor_capabilities_max; ++i) {
        if (config.read8(*at + cap_type) == type) {
            return at;
        }
        at = config.find(pci::Capability::Vendor, *at);
    }
    return std::nullopt;
}

void point_window(const pci::ConfigSpace& config, std::uint64_t window, std::uint8_t bar, std::uint32_t offset) {
    config.write8(window + cap_bar, bar);
    config.write32(window + cap_offset, offset);
    config.write32(window + cap_length, 4);
}

} // namespace

bool bypasses_iommu(const pci::ConfigSpace& config) {
    const std::uint16_t device = config.read16(pci::header::device);
    if (config.read16(pci::header::vendor) != virtio_vendor || device < virtio_device_first ||
        device > virtio_device_last) {
        return false;
    }
    const auto common = find_virtio(config, type_common);
    const auto window = find_virtio(config, type_window);
    if (!common || !window) {
        return true; // a legacy device, or one that cannot be asked
    }
    const std::uint16_t command_before = config.read16(pci::header::command);
    config.change_command(0, pci::command::memory_space);
    const std::uint8_t bar = config.read8(*common + cap_bar);
    const std::uint32_t base = config.read32(*common + cap_offset);
    point_window(config, *window, bar, base + common_feature_select);
    config.write32(*window + cap_window_data, access_platform_word);
    point_window(config, *window, bar, base + common_feature);
    const std::uint32_t features = config.read32(*window + cap_window_data);
    config.write16(pci::header::command, command_before);
    return features == ~0u || (features & access_platform_bit) == 0;
}

} // namespace exo
