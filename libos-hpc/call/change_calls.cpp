// Changing what is known of files, and their size (chmod(2), chown(2), utimensat(2), truncate(2), fallocate(2),
// fsync(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/block_calls.hpp"
#include "libos-hpc/call/open_file.hpp"
#include "libos-hpc/data/mount.hpp"
#include "libos-hpc/file/file_locks.hpp"
#include "libos-hpc/file/mapped_files.hpp"
#include "libos-hpc/time/deadline.hpp"

namespace exo::hpc::call {
namespace {

constexpr std::uint32_t unchanged = ~0u;

Answer change_at(int directory, std::uint64_t path, const AttributeChange& change, bool follow) {
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return answer(loaded);
    auto place = find_at(directory, name.view(), last_link(follow));
    return place ? answer((*place)->node().change(change)) : answer(place.error());
}

Answer change_of(int fd, const AttributeChange& change) {
    auto file = file_of(fd);
    return file ? answer((*file)->change(change)) : answer(file.error());
}

AttributeChange mode_change(std::uint32_t mode) {
    AttributeChange change;
    change.set_mode = true;
    change.mode = mode & mode::permission_mask;
    return change;
}

AttributeChange owner_change(std::uint32_t user, std::uint32_t group) {
    AttributeChange change;
    change.set_user = user != unchanged;
    change.set_group = group != unchanged;
    change.user = user;
    change.group = group;
    return change;
}

Outcome<AttributeChange> size_change(std::int64_t bytes) {
    if (bytes < 0)
        return fail(Errno::INVAL);
    AttributeChange change;
    change.set_bytes = true;
    change.bytes = static_cast<std::uint64_t>(bytes);
    return change;
}

bool valid(const Timespec& time) {
    return time.nanoseconds == utime::now || time.nanoseconds == utime::omit ||
           (time.nanoseconds >= 0 && time.nanoseconds < nanoseconds_per_second);
}

Answer change_times(int directory, std::uint64_t path, const AttributeChange& change, std::uint32_t flags) {
    if (!change.set_accessed && !change.set_modified)
        return 0;
    if (!path)
        return change_of(directory, change);
    return change_at(directory, path, change, !(flags & at::symlink_no_follow));
}

} // namespace

Answer fchmodat(int directory, std::uint64_t path, std::uint32_t mode) {
    return change_at(directory, path, mode_change(mode), true);
}
Answer chmod(std::uint64_t path, std::uint32_t mode) {
    return fchmodat(at::current_directory, path, mode);
}
Answer fchmod(int fd, std::uint32_t mode) {
    return change_of(fd, mode_change(mode));
}

Answer fchownat(int directory, std::uint64_t path, std::uint32_t user, std::uint32_t group, std::uint32_t flags) {
    if (flags & ~(at::symlink_no_follow | at::empty_path))
        return answer(Errno::INVAL);
    return change_at(directory, path, owner_change(user, group), !(flags & at::symlink_no_follow));
}
Answer chown(std::uint64_t path, std::uint32_t user, std::uint32_t group) {
    return fchownat(at::current_directory, path, user, group, 0);
}
Answer lchown(std::uint64_t path, std::uint32_t user, std::uint32_t group) {
    return fchownat(at::current_directory, path, user, group, at::symlink_no_follow);
}
Answer fchown(int fd, std::uint32_t user, std::uint32_t group) {
    return change_of(fd, owner_change(user, group));
}

Answer truncate(std::uint64_t path, std::int64_t bytes) {
    auto change = size_change(bytes);
    if (!change)
        return answer(change.error());
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return answer(loaded);
    auto place = find_at(at::current_directory, name.view(), LastLink::Follow);
    if (!place)
        return answer(place.error());
    Node& node = (*place)->node();
    if (is_directory(node.type()))
        return answer(Errno::ISDIR);
    if (!linux_abi::is_regular(node.type()))
        return answer(Errno::INVAL);
    SharedChange shared(node);
    return answer(node.change(*change));
}

Answer ftruncate(int fd, std::int64_t bytes) {
    auto change = size_change(bytes);
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    Node* node = (*file)->node();
    if (!change || !(*file)->writable() || !node || !linux_abi::is_regular(node->type()))
        return answer(Errno::INVAL);
    SharedChange shared(*node);
    return answer((*file)->change(*change));
}

Answer fallocate(int fd, std::uint32_t mode, std::int64_t offset, std::int64_t bytes) {
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    if (offset < 0 || bytes <= 0)
        return answer(Errno::INVAL);
    const bool punches = mode & fallocate_mode::punch_hole, zeroes = mode & fallocate_mode::zero_range,
               keeps = mode & fallocate_mode::keep_size;
    if ((mode & ~(fallocate_mode::punch_hole | fallocate_mode::zero_range | fallocate_mode::keep_size)) ||
        (punches && (zeroes || !keeps)))
        return answer(Errno::OPNOTSUPP);
    if (!(*file)->writable())
        return answer(Errno::BADF);
    Node* node = (*file)->node();
    if (!node || !(linux_abi::is_regular(node->type()) || linux_abi::is_block(node->type())))
        return answer(Errno::NODEV);
    if (bytes > 0x7fff'ffff'ffff'ffff - offset)
        return answer(Errno::FBIG);
    auto begin = static_cast<std::uint64_t>(offset), length = static_cast<std::uint64_t>(bytes);
    if (linux_abi::is_block(node->type()))
        return allocate_blocks(*node, mode, begin, length);
    SharedChange shared(*node);
    if (punches)
        return answer(node->punch_hole(begin, length));
    if (auto done = zeroes ? node->zero_range(begin, length) : node->reserve(begin, length); !done)
        return answer(done);
    auto found = node->attributes();
    if (!found)
        return answer(found.error());
    if (keeps || found->bytes >= begin + length)
        return 0;
    return answer(node->change(*size_change(static_cast<std::int64_t>(begin + length))));
}

Answer utimensat(int directory, std::uint64_t path, User<Timespec> times, std::uint32_t flags) {
    Timespec accessed{0, utime::now}, modified{0, utime::now};
    if (flags & ~(at::symlink_no_follow | at::empty_path))
        return answer(Errno::INVAL);
    if (times && (!times.load(accessed) || !times.at(1).load(modified)))
        return answer(Errno::FAULT);
    if (!valid(accessed) || !valid(modified))
        return answer(Errno::INVAL);
    AttributeChange change;
    change.set_accessed = accessed.nanoseconds != utime::omit;
    change.set_modified = modified.nanoseconds != utime::omit;
    change.accessed = accessed;
    change.modified = modified;
    return change_times(directory, path, change, flags);
}

Answer fsync(int fd) {
    auto file = file_of(fd);
    return file ? answer((*file)->sync()) : answer(file.error());
}
Answer fdatasync(int fd) {
    return fsync(fd);
}
// All of the file becomes durable, which is more than the range.
Answer sync_file_range(int fd, std::int64_t offset, std::int64_t bytes, std::uint32_t flags) {
    constexpr std::uint32_t defined = 7;
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    if ((flags & ~defined) || offset < 0 || bytes < 0 || bytes > 0x7fff'ffff'ffff'ffff - offset)
        return answer(Errno::INVAL);
    const Node* node = (*file)->node();
    if (!node ||
        !(linux_abi::is_regular(node->type()) || is_directory(node->type()) || linux_abi::is_block(node->type())))
        return answer(Errno::SPIPE);
    return flags ? answer((*file)->sync()) : 0;
}
Answer sync() {
    (void)sync_shared_files(0, user_end, true);
    (void)sync_data();
    return 0;
}
Answer syncfs(int fd) {
    auto file = file_of(fd);
    return file ? sync() : answer(file.error());
}

Answer flock(int fd, std::uint32_t operation) {
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    bool waits = !(operation & flock_operation::non_block);
    switch (operation & ~flock_operation::non_block) {
    case flock_operation::shared:
        return answer_or_restart(file_locks().take(**file, FileLocks::Mode::Shared, waits));
    case flock_operation::exclusive:
        return answer_or_restart(file_locks().take(**file, FileLocks::Mode::Exclusive, waits));
    case flock_operation::unlock:
        file_locks().release(**file);
        return 0;
    default:
        return answer(Errno::INVAL);
    }
}

Answer fadvise64(int fd, std::int64_t, std::int64_t, std::uint32_t advice) {
    constexpr std::uint32_t advice_max = 5;
    auto file = file_of(fd);
    if (!file)
        return answer(file.error());
    if (!(*file)->node())
        return answer(Errno::SPIPE);
    return advice > advice_max ? answer(Errno::INVAL) : 0; // there is no cache to advise
}

} // namespace exo::hpc::call
