// Reaches a virtio function's common structure through the window in its configuration space, so that no
// register of it has to be mapped (virtio 1.2, 4.1.4.9).
#include "exokernel/device/virtio_function.hpp"

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
constexpr unsigned reset_polls_max = 1000;

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

// The window, and where the common structure is. Its moves are the only use of it, so it needs no state.
class CommonWindow {
public:
    static std::optional<CommonWindow> find(const pci::ConfigSpace& config) {
        const auto common = find_virtio(config, virtio::StructureType::Common);
        const auto window = find_virtio(config, virtio::StructureType::PciAccess);
        if (!common || !window) {
            return std::nullopt;
        }
        return CommonWindow(config, *window, *common);
    }

    // Returns where in configuration space the field is then seen.
    std::uint64_t point_at(std::uint64_t field, std::uint32_t bytes) const {
        config_.write8(window_ + virtio::pci_capability::bar, bar_);
        config_.write32(window_ + virtio::pci_capability::offset, base_ + static_cast<std::uint32_t>(field));
        config_.write32(window_ + virtio::pci_capability::bytes, bytes);
        return window_ + window_data;
    }

private:
    CommonWindow(const pci::ConfigSpace& config, std::uint64_t window, std::uint64_t common)
        : config_(config), window_(window), base_(config.read32(common + virtio::pci_capability::offset)),
          bar_(config.read8(common + virtio::pci_capability::bar)) {}

    const pci::ConfigSpace& config_;
    std::uint64_t window_;
    std::uint32_t base_;
    std::uint8_t bar_;
};

} // namespace

bool is_virtio(const pci::ConfigSpace& config) {
    const std::uint16_t device = config.read16(pci::header::device);
    return config.read16(pci::header::vendor) == virtio::pci_vendor && device >= virtio_device_first &&
           device <= virtio_device_last;
}

bool bypasses_iommu(const pci::ConfigSpace& config) {
    if (!is_virtio(config)) {
        return false;
    }
    const auto window = CommonWindow::find(config);
    if (!window) {
        return true; // a legacy device, or one that cannot be asked
    }
    const std::uint16_t command_before = config.read16(pci::header::command);
    config.change_command(0, pci::command::memory_space);
    config.write32(window->point_at(virtio::common::device_feature_select, 4), access_platform_word);
    const std::uint32_t features = config.read32(window->point_at(virtio::common::device_feature, 4));
    config.write16(pci::header::command, command_before);
    return features == ~0u || (features & access_platform_bit) == 0;
}

bool reset_virtio(const pci::ConfigSpace& config) {
    const auto window = CommonWindow::find(config);
    if (!window) {
        return false;
    }
    config.change_command(0, pci::command::memory_space);
    const std::uint64_t status = window->point_at(virtio::common::device_status, 1);
    config.write8(status, 0);
    for (unsigned i = 0; i < reset_polls_max; ++i) {
        if (config.read8(status) == 0) {
            return true;
        }
    }
    return false;
}

} // namespace exo
