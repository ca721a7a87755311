// Walks the PCI capability list. Each step is bounded, stays behind the header and inside the first 256 bytes.
#include "drivers/virtio/capabilities.hpp"

namespace exo::virtio {

namespace {

// Reads one structure capability; false when it is to be skipped (4.1.4.1: unknown BAR values are reserved).
bool read_region(const Registers& config, std::uint64_t at, Region& region) {
    region.bar = config.read8(at + pci_capability::bar);
    region.offset = config.read32(at + pci_capability::offset);
    region.bytes = config.read32(at + pci_capability::bytes);
    return region.bar < pci_capability::bar_count && region.bytes != 0;
}

void keep_first(Region& kept, const Region& found) {
    if (kept.bytes == 0)
        kept = found;
}

Expected<void> take_structure(const Registers& config, std::uint64_t at, std::uint8_t length, Regions& regions) {
    if (length < pci_capability::length_min || at + length > pci_config::standard_end)
        return std::unexpected(Problem::BadCapabilities);
    Region region;
    if (!read_region(config, at, region))
        return {};
    switch (static_cast<StructureType>(config.read8(at + pci_capability::type))) {
    case StructureType::Common:
        keep_first(regions.common, region);
        break;
    case StructureType::Notify:
        if (length < pci_capability::notify_length_min)
            return std::unexpected(Problem::BadCapabilities);
        if (regions.notify.bytes == 0)
            regions.notify_multiplier = config.read32(at + pci_capability::notify_multiplier);
        keep_first(regions.notify, region);
        break;
    case StructureType::Isr:
        keep_first(regions.isr, region);
        break;
    case StructureType::Device:
        keep_first(regions.device, region);
        break;
    case StructureType::PciAccess:
        break; // another way to the BARs, for those who cannot map them
    }
    return {};
}

} // namespace

Expected<Regions> find_regions(const Registers& config) {
    if ((config.read16(pci_config::status) & pci_config::status_has_capabilities) == 0)
        return std::unexpected(Problem::MissingStructure);
    Regions regions;
    std::uint64_t at = config.read8(pci_config::capabilities) & ~3u;
    for (unsigned count = 0; at != 0; ++count) {
        if (count == pci_config::capability_count_max || at < pci_config::header_end)
            return std::unexpected(Problem::BadCapabilities);
        if (config.read8(at + pci_capability::id) == pci_config::capability_vendor) {
            const auto taken = take_structure(config, at, config.read8(at + pci_capability::length), regions);
            if (!taken)
                return std::unexpected(taken.error());
        }
        at = config.read8(at + pci_capability::next) & ~3u;
    }
    if (regions.common.bytes < common::bytes_min || regions.notify.bytes < 2 || regions.isr.bytes == 0)
        return std::unexpected(Problem::MissingStructure);
    return regions;
}

} // namespace exo::virtio
