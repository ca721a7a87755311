// Interface: translate.hpp.
#include "libos-hpc/data/translate.hpp"

namespace exo::hpc {
namespace {

constexpr std::int64_t second = linux_abi::nanoseconds_per_second;
constexpr std::uint64_t page_bytes = store::page_bytes;

// Of moments before 1970, too: nanoseconds are never negative.
Timespec time_of(std::int64_t ns) {
    const std::int64_t rest = ((ns % second) + second) % second;
    return {(ns - rest) / second, rest};
}

std::int64_t nanoseconds_of(const Timespec& time, std::int64_t now) {
    constexpr std::int64_t seconds_max = 0x7fff'ffff'ffff'ffff / second - 1;
    if (time.nanoseconds == linux_abi::utime::now)
        return now;
    const std::int64_t seconds = time.seconds > seconds_max    ? seconds_max
                                 : time.seconds < -seconds_max ? -seconds_max
                                                               : time.seconds;
    return seconds * second + time.nanoseconds;
}

} // namespace

Attributes attributes_of(const files::Inode& inode, std::uint64_t pages, std::uint64_t device) {
    const files::Attributes& from = inode.attributes;
    Attributes to;
    to.device = device;
    to.inode = inode.number;
    to.links = inode.links();
    to.mode = from.mode;
    to.user = from.user;
    to.group = from.group;
    to.bytes = inode.is_regular() ? from.bytes : inode.is_directory() ? page_bytes : inode.target_bytes;
    to.block_bytes = page_bytes;
    to.blocks = pages * (page_bytes / 512);
    to.accessed = time_of(from.accessed_ns);
    to.modified = time_of(from.modified_ns);
    to.changed = time_of(from.changed_ns);
    return to;
}

files::AttributeChange change_of(const AttributeChange& from, std::int64_t now) {
    files::AttributeChange to;
    to.set_mode = from.set_mode;
    to.set_user = from.set_user;
    to.set_group = from.set_group;
    to.set_accessed = from.set_accessed;
    to.set_modified = from.set_modified;
    to.mode = from.mode;
    to.user = from.user;
    to.group = from.group;
    to.accessed_ns = nanoseconds_of(from.accessed, now);
    to.modified_ns = nanoseconds_of(from.modified, now);
    return to;
}

FileSystemInfo info_of(const files::FileSystemInfo& from) {
    constexpr std::uint64_t files_max = 1ull << 32; // as many as memory holds
    return {.type = linux_abi::file_system::exo_data,
            .block_bytes = page_bytes,
            .blocks = from.pages,
            .blocks_free = from.pages_free,
            .files = files_max,
            .files_free = files_max - from.inodes,
            .read_only = from.read_only};
}

} // namespace exo::hpc
