// Interface: disks.hpp.
#include "libos-hpc/data/disks.hpp"

#include "libos/block/open_disk.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/mutex.hpp"

#include <string_view>

namespace exo::hpc {
namespace {

struct Disk {
    bool opened = false;
    DiskUse use{};
    block::OpenedDisk disk;
};

[[clang::no_destroy]] constinit Mutex lock;
Disk disks[block::disks_max];

const StartFunction* granted_disk(std::size_t index) {
    const StartInfo& start = start_info();
    for (std::size_t i = 0; i < start.function_count && i < start_functions_max; ++i) {
        if (block::is_disk(start.functions[i]) && index-- == 0)
            return &start.functions[i];
    }
    return nullptr;
}

// The value of EXO_DISKS has a word a disk, ro or rw.
bool is_read_only(std::size_t index) {
    constexpr std::string_view variable = "EXO_DISKS=";
    const StartInfo& start = start_info();
    for (std::uint32_t i = 0; i < start.environment_count; ++i) {
        std::string_view text(start_list_string(start.environment_offset, i));
        if (!text.starts_with(variable))
            continue;
        text.remove_prefix(variable.size());
        for (; index && text.find(' ') != text.npos; --index)
            text.remove_prefix(text.find(' ') + 1);
        return index == 0 && text.starts_with("ro");
    }
    return false;
}

} // namespace

std::size_t disk_count() {
    std::size_t count = 0;
    while (count < block::disks_max && granted_disk(count))
        ++count;
    return count;
}

ClaimedDisk claim_disk(std::size_t index, DiskUse use) {
    MutexGuard guard(lock);
    const StartFunction* function = index < block::disks_max ? granted_disk(index) : nullptr;
    if (!function)
        return {.problem = "there is no such disk"};
    Disk& disk = disks[index];
    if (!disk.opened) {
        disk.opened = true;
        disk.use = use;
        disk.disk = block::open_disk(*function);
    }
    if (disk.use != use)
        return {.problem = "the disk is in use", .taken = true};
    return {.device = disk.disk.device, .problem = disk.disk.problem, .read_only = is_read_only(index)};
}

} // namespace exo::hpc
