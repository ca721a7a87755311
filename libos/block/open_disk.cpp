// See open_disk.hpp. A disk is known by the PCI class that the device page shows.
#include "libos/block/open_disk.hpp"

#include "libos/memory/heap.hpp"
#include "libos/start/kit.hpp"

namespace exo::block {

bool is_disk(const StartFunction& function) {
    // Safe: the device page is mapped read only in every environment, and the index came from the starter.
    return reinterpret_cast<const DeviceInfo*>(info_devices)[function.index].class_code == nvme::pci_class;
}

OpenedDisk open_disk(const StartFunction& function, const DiskWishes& wishes) {
    if (!is_disk(function))
        return {nullptr, "the function is no disk that a driver here knows"};
    auto* const disk = heap_new<NvmeDisk>();
    if (!disk)
        return {nullptr, "there is no memory for the disk's driver"};
    if (const char* problem = disk->open(function, wishes))
        return {nullptr, problem};
    return {disk, nullptr};
}

OpenedDisk open_extent(const StartExtent& extent, const DiskWishes& wishes) {
    auto* const disk = heap_new<ExtentDisk>();
    if (!disk)
        return {nullptr, "there is no memory for the extent's driver"};
    if (const char* problem = disk->open(extent, wishes.limit_us))
        return {nullptr, problem};
    return {disk, nullptr};
}

std::size_t open_disks(std::span<OpenedDisk> into, const DiskWishes& wishes) {
    const StartInfo& start = start_info();
    std::size_t count = 0;
    for (std::size_t index = 0; index < start.function_count && count < into.size(); ++index)
        if (is_disk(start.functions[index]))
            into[count++] = open_disk(start.functions[index], wishes);
    for (std::size_t index = 0; index < start.extent_count && count < into.size(); ++index)
        into[count++] = open_extent(start.extents[index], wishes);
    return count;
}

} // namespace exo::block
