// Interface: disks.hpp.
#include "libos-hpc/data/disks.hpp"

#include "libos/block/open_disk.hpp"
#include "libos/start/kit.hpp"
#include "libos/store/disk.hpp"
#include "libos/thread/mutex.hpp"

#include <string_view>

namespace exo::hpc {
namespace {

struct Disk {
    bool opened = false, looked_at = false;
    DiskUse use = DiskUse::None;
    block::OpenedDisk disk;
    std::optional<store::MemberLabel> label; // as it was when it was looked at
};

[[clang::no_destroy]] constinit Mutex lock;
Disk disks[block::disks_max];

// What a disk is granted as: one of the two, or neither when there is no such disk.
struct Grant {
    const StartFunction* function = nullptr;
    const StartExtent* extent = nullptr;
    bool read_only = false;
    explicit operator bool() const { return function || extent; }
};

const StartFunction* granted_disk(std::size_t index) {
    const StartInfo& start = start_info();
    for (std::size_t i = 0; i < start.function_count && i < start_functions_max; ++i) {
        if (block::is_disk(start.functions[i]) && index-- == 0)
            return &start.functions[i];
    }
    return nullptr;
}

const StartExtent* granted_extent(std::size_t index) {
    const StartInfo& start = start_info();
    return index < start.extent_count && index < start_extents_max ? &start.extents[index] : nullptr;
}

// The value of EXO_DISKS has a word a disk: ro or rw for a controller, shared for blocks.
std::string_view disk_words() {
    constexpr std::string_view variable = "EXO_DISKS=";
    const StartInfo& start = start_info();
    for (std::uint32_t i = 0; i < start.environment_count; ++i) {
        const std::string_view text(start_list_string(start.environment_offset, i));
        if (text.starts_with(variable))
            return text.substr(variable.size());
    }
    return {};
}

// Those that no word speaks of come behind the others, controllers first.
Grant grant_of(std::size_t index) {
    std::size_t functions = 0, extents = 0;
    std::string_view words = disk_words();
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(' '));
        words.remove_prefix(word.size() < words.size() ? word.size() + 1 : word.size());
        const bool shared = word == "shared";
        if (index-- == 0)
            return shared ? Grant{.extent = granted_extent(extents)}
                          : Grant{.function = granted_disk(functions), .read_only = word == "ro"};
        ++(shared ? extents : functions);
    }
    while (granted_disk(functions)) {
        if (index-- == 0)
            return {.function = granted_disk(functions)};
        ++functions;
    }
    return {.extent = granted_extent(extents + index)};
}

// The lock is held.
Disk& opened_disk(std::size_t index, const Grant& grant) {
    Disk& disk = disks[index];
    if (!disk.opened) {
        disk.opened = true;
        disk.disk = grant.function ? block::open_disk(*grant.function) : block::open_extent(*grant.extent);
    }
    return disk;
}

} // namespace

std::size_t disk_count() {
    std::size_t count = 0;
    while (count < block::disks_max && grant_of(count))
        ++count;
    return count;
}

ClaimedDisk claim_disk(std::size_t index, DiskUse use) {
    MutexGuard guard(lock);
    const Grant grant = index < block::disks_max ? grant_of(index) : Grant{};
    if (!grant)
        return {.problem = "there is no such disk"};
    Disk& disk = opened_disk(index, grant);
    if (disk.use != DiskUse::None && disk.use != use)
        return {.problem = "the disk is in use", .taken = true};
    disk.use = use;
    return {.device = disk.disk.device,
            .problem = disk.disk.problem,
            .read_only = grant.read_only,
            .shared = grant.extent != nullptr};
}

DiskLook look_at_disk(std::size_t index) {
    MutexGuard guard(lock);
    const Grant grant = index < block::disks_max ? grant_of(index) : Grant{};
    if (!grant)
        return {};
    Disk& disk = opened_disk(index, grant);
    if (disk.use == DiskUse::Device)
        return {.taken = true, .label = {}};
    if (!disk.looked_at && disk.use == DiskUse::None && disk.disk.device) {
        disk.looked_at = true;
        store::Disk looked(*disk.disk.device);
        store::MemberLabel label;
        store::Problem problem = store::Problem::None; // one that is newer is refused when the store is opened
        if (looked.read_label(0, label, problem))
            disk.label = label;
    }
    return {.taken = false, .label = disk.label};
}

} // namespace exo::hpc
