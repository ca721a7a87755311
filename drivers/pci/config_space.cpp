// Walks the capability lists (PCI 6.7, PCIe 7.6.3).
#include "drivers/pci/config_space.hpp"

namespace exo::pci {

namespace {

constexpr std::uint64_t first_capability = 0x40;
constexpr unsigned capabilities_max = (0x100 - first_capability) / 4;
constexpr unsigned extended_capabilities_max = (config_bytes - extended_capabilities) / 8;

} // namespace

std::optional<std::uint64_t> ConfigSpace::find(Capability id, std::uint64_t after) const {
    if ((read16(header::status) & status_capability_list) == 0) {
        return std::nullopt;
    }
    std::uint64_t at = after != 0 ? read8(after + 1) : read8(header::capabilities);
    for (unsigned i = 0; i < capabilities_max; ++i) {
        at &= ~3ull;
        if (at < first_capability) {
            return std::nullopt;
        }
        if (read8(at) == static_cast<std::uint8_t>(id)) {
            return at;
        }
        at = read8(at + 1);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> ConfigSpace::find(ExtendedCapability id) const {
    std::uint64_t at = extended_capabilities;
    for (unsigned i = 0; i < extended_capabilities_max && at >= extended_capabilities; ++i) {
        const std::uint32_t entry = read32(at);
        if (entry == 0 || entry == ~0u) {
            return std::nullopt;
        }
        if ((entry & 0xffff) == static_cast<std::uint16_t>(id)) {
            return at;
        }
        at = (entry >> 20) & ~3u;
    }
    return std::nullopt;
}

void ConfigSpace::change_command(std::uint16_t clear, std::uint16_t set) const {
    const std::uint16_t before = read16(header::command);
    write16(header::command, static_cast<std::uint16_t>((before & ~clear) | set));
}

} // namespace exo::pci
