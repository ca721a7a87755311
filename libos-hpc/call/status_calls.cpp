// What is known of files (stat(2), statx(2), statfs(2), access(2), readlink(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/open_file.hpp"
#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc::call {
namespace {

constexpr std::uint32_t device_minor_bits = 8;

Stat stat_of(const Attributes& from) {
    Stat to{};
    to.device = from.device;
    to.inode = from.inode;
    to.links = from.links;
    to.mode = from.mode;
    to.user = from.user;
    to.group = from.group;
    to.special_device = from.special_device;
    to.bytes = static_cast<std::int64_t>(from.bytes);
    to.block_bytes = static_cast<std::int64_t>(from.block_bytes);
    to.blocks = static_cast<std::int64_t>(from.blocks);
    to.accessed = from.accessed;
    to.modified = from.modified;
    to.changed = from.changed;
    return to;
}

StatxTimestamp timestamp_of(const Timespec& time) {
    return {time.seconds, static_cast<std::uint32_t>(time.nanoseconds), 0};
}

std::uint32_t major_of(std::uint64_t device) {
    return static_cast<std::uint32_t>(device >> device_minor_bits);
}
std::uint32_t minor_of(std::uint64_t device) {
    return device & ((1u << device_minor_bits) - 1);
}

Statx statx_of(const Attributes& from) {
    Statx to{};
    to.mask = statx_basic;
    to.block_bytes = static_cast<std::uint32_t>(from.block_bytes);
    to.links = static_cast<std::uint32_t>(from.links);
    to.user = from.user;
    to.group = from.group;
    to.mode = static_cast<std::uint16_t>(from.mode);
    to.inode = from.inode;
    to.bytes = from.bytes;
    to.blocks = from.blocks;
    to.accessed = timestamp_of(from.accessed);
    to.changed = timestamp_of(from.changed);
    to.modified = timestamp_of(from.modified);
    to.special_major = major_of(from.special_device);
    to.special_minor = minor_of(from.special_device);
    to.device_major = major_of(from.device);
    to.device_minor = minor_of(from.device);
    return to;
}

Outcome<Attributes> attributes_of(int fd) {
    auto file = descriptors().get(fd);
    return file ? (*file)->attributes() : fail(file.error());
}

// By path, or by descriptor when the path is empty and the flags allow that.
Outcome<Attributes> attributes_at(int directory, std::uint64_t path, std::uint32_t flags) {
    constexpr std::uint32_t defined = at::symlink_no_follow | at::no_automount | at::empty_path | at::statx_sync_mask;
    if (flags & ~defined)
        return fail(Errno::INVAL);
    UserString name;
    if (path || !(flags & at::empty_path)) {
        if (auto loaded = name.load(path); !loaded)
            return fail(loaded.error());
    }
    if (name.view().empty() && (flags & at::empty_path) && directory != at::current_directory)
        return attributes_of(directory);
    std::string_view text = name.view().empty() && (flags & at::empty_path) ? "." : name.view();
    auto place = find_at(directory, text, last_link(!(flags & at::symlink_no_follow)));
    return place ? (*place)->node().attributes() : fail(place.error());
}

template <typename T>
Answer tell(const Outcome<Attributes>& found, User<T> where, T (*convert)(const Attributes&)) {
    if (!found)
        return answer(found.error());
    return where.store(convert(*found)) ? 0 : answer(Errno::FAULT);
}

StatFs status_of(const FileSystemInfo& from) {
    StatFs to{};
    to.type = from.type;
    to.block_bytes = to.fragment_bytes = static_cast<std::int64_t>(from.block_bytes);
    to.blocks = from.blocks;
    to.blocks_free = to.blocks_available = from.blocks_free;
    to.files = from.files;
    to.files_free = from.files_free;
    to.name_bytes = name_bytes_max;
    to.flags = from.read_only ? file_system::read_only_flag : 0;
    return to;
}

} // namespace

Answer newfstatat(int directory, std::uint64_t path, User<Stat> where, std::uint32_t flags) {
    return tell(attributes_at(directory, path, flags), where, stat_of);
}
Answer stat(std::uint64_t path, User<Stat> where) {
    return newfstatat(at::current_directory, path, where, 0);
}
Answer lstat(std::uint64_t path, User<Stat> where) {
    return newfstatat(at::current_directory, path, where, at::symlink_no_follow);
}
Answer fstat(int fd, User<Stat> where) {
    return tell(attributes_of(fd), where, stat_of);
}

Answer statx(int directory, std::uint64_t path, std::uint32_t flags, std::uint32_t, User<Statx> where) {
    return tell(attributes_at(directory, path, flags), where, statx_of);
}

Answer faccessat2(int directory, std::uint64_t path, std::uint32_t wanted, std::uint32_t flags) {
    constexpr std::uint32_t all = access_mode::read | access_mode::write | access_mode::execute;
    if ((wanted & ~all) || (flags & ~(at::effective_access | at::symlink_no_follow | at::empty_path)))
        return answer(Errno::INVAL);
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return answer(loaded);
    auto place = find_at(directory, name.view(), last_link(!(flags & at::symlink_no_follow)));
    if (!place)
        return answer(place.error());
    // The superuser may do everything, but write where nobody can, and execute what nobody may.
    Node& node = (*place)->node();
    if ((wanted & access_mode::write) && linux_abi::is_regular(node.type()) && node.file_system().read_only)
        return answer(Errno::ROFS);
    if ((wanted & access_mode::execute) && !is_directory(node.type())) {
        auto found = node.attributes();
        constexpr std::uint32_t any_execute = 0111;
        if (!found)
            return answer(found.error());
        if (!(found->mode & any_execute))
            return answer(Errno::ACCES);
    }
    return 0;
}
Answer faccessat(int directory, std::uint64_t path, std::uint32_t wanted) {
    return faccessat2(directory, path, wanted, 0);
}
Answer access(std::uint64_t path, std::uint32_t wanted) {
    return faccessat2(at::current_directory, path, wanted, 0);
}

Answer readlinkat(int directory, std::uint64_t path, std::uint64_t address, std::int64_t bytes) {
    UserString name;
    if (bytes <= 0)
        return answer(Errno::INVAL);
    if (auto loaded = name.load(path); !loaded)
        return answer(loaded);
    Ref<Node> node;
    if (name.view().empty()) {
        auto file = descriptors().get(directory);
        Ref<Place> place = file ? (*file)->place() : Ref<Place>();
        if (!place)
            return answer(file ? Errno::NOENT : file.error());
        node = place->node_ref();
    } else {
        auto place = find_at(directory, name.view(), LastLink::Keep);
        if (!place)
            return answer(place.error());
        node = (*place)->node_ref();
    }
    char target[path_bytes_max];
    auto length = node->read_link(target);
    if (!length)
        return answer(length.error());
    std::size_t told = std::min(*length, static_cast<std::size_t>(bytes));
    return copy_to_user(address, target, told) ? static_cast<Answer>(told) : answer(Errno::FAULT);
}
Answer readlink(std::uint64_t path, std::uint64_t address, std::int64_t bytes) {
    return readlinkat(at::current_directory, path, address, bytes);
}

Answer statfs(std::uint64_t path, User<StatFs> where) {
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return answer(loaded);
    auto place = find_at(at::current_directory, name.view(), LastLink::Follow);
    if (!place)
        return answer(place.error());
    return where.store(status_of((*place)->node().file_system())) ? 0 : answer(Errno::FAULT);
}

Answer fstatfs(int fd, User<StatFs> where) {
    auto file = descriptors().get(fd);
    if (!file)
        return answer(file.error());
    Node* node = (*file)->node();
    FileSystemInfo info = node ? node->file_system() : FileSystemInfo{};
    return where.store(status_of(info)) ? 0 : answer(Errno::FAULT);
}

} // namespace exo::hpc::call
