// Files of the file system in memory: attributes, bytes and links. Its directories: ram_directory.cpp.
#include "libos-hpc/fs/ram_fs.hpp"

#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {

Outcome<std::uint64_t> RamVolume::new_inode() {
    if (files_.fetch_add(1, std::memory_order_relaxed) >= files_max_) {
        free_inode();
        return fail(Errno::NOSPC);
    }
    return next_inode_.fetch_add(1, std::memory_order_relaxed);
}

FileSystemInfo RamVolume::info() const {
    std::uint64_t used = files_.load(std::memory_order_relaxed);
    return {.type = linux_abi::file_system::tmpfs,
            .block_bytes = RamData::block_bytes,
            .blocks = budget.total(),
            .blocks_free = budget.free(),
            .files = files_max_,
            .files_free = used < files_max_ ? files_max_ - used : 0,
            .read_only = false};
}

Ref<Node> make_ram_file_system(std::uint64_t bytes_max, std::uint64_t files_max, std::uint64_t device,
                               std::uint32_t root_permissions) {
    auto volume = make<RamVolume>(bytes_max, files_max, device);
    if (!volume)
        return Ref<Node>();
    auto inode = volume->new_inode();
    if (!inode)
        return Ref<Node>();
    return make<RamNode>(volume, *inode, linux_abi::mode::directory | root_permissions);
}

RamNode::RamNode(Ref<RamVolume> volume, std::uint64_t inode, std::uint32_t mode)
    : volume_(std::move(volume)), inode_(inode), type_(mode & linux_abi::mode::type_mask),
      permissions_(mode & linux_abi::mode::permission_mask), links_(linux_abi::is_directory(mode) ? 2 : 0),
      accessed_(wall_clock()), modified_(accessed_), changed_(accessed_), data_(volume_->budget) {}

void RamNode::touch() {
    modified_ = changed_ = wall_clock();
}

Outcome<Attributes> RamNode::attributes() {
    MutexGuard guard(volume_->lock);
    Attributes result;
    result.device = volume_->device();
    result.inode = inode_;
    result.links = links_;
    result.mode = type_ | permissions_;
    result.user = user_;
    result.group = group_;
    result.bytes = linux_abi::is_symlink(type_) ? target_.size() : is_directory() ? 0 : data_.size();
    result.block_bytes = RamData::block_bytes;
    result.blocks = data_.blocks_held() * (RamData::block_bytes / 512);
    result.accessed = accessed_;
    result.modified = modified_;
    result.changed = changed_;
    return result;
}

Done RamNode::change(const AttributeChange& change) {
    MutexGuard guard(volume_->lock);
    Timespec now = wall_clock();
    if (change.set_bytes) {
        if (is_directory())
            return fail(Errno::ISDIR);
        if (auto done = data_.set_size(change.bytes); !done)
            return done;
        modified_ = now;
    }
    if (change.set_mode)
        permissions_ = change.mode & linux_abi::mode::permission_mask;
    if (change.set_user)
        user_ = change.user;
    if (change.set_group)
        group_ = change.group;
    if (change.set_accessed)
        accessed_ = change.accessed.nanoseconds == linux_abi::utime::now ? now : change.accessed;
    if (change.set_modified)
        modified_ = change.modified.nanoseconds == linux_abi::utime::now ? now : change.modified;
    changed_ = now;
    return {};
}

Outcome<std::size_t> RamNode::read_link(std::span<char> buffer) {
    if (!linux_abi::is_symlink(type_))
        return fail(Errno::INVAL);
    MutexGuard guard(volume_->lock);
    std::size_t length = std::min(buffer.size(), target_.size());
    copy_bytes(buffer.data(), target_.view().data(), length);
    return length;
}

Outcome<std::size_t> RamNode::read_at(std::uint64_t offset, std::span<std::byte> buffer) {
    MutexGuard guard(volume_->lock);
    if (!buffer.empty())
        accessed_ = wall_clock();
    return data_.read(offset, buffer);
}

Outcome<std::size_t> RamNode::write_at(std::uint64_t offset, std::span<const std::byte> buffer) {
    MutexGuard guard(volume_->lock);
    auto put = data_.write(offset, buffer);
    if (put && *put)
        touch();
    return put;
}

Outcome<std::uint64_t> RamNode::seek_data(std::uint64_t offset) {
    MutexGuard guard(volume_->lock);
    return data_.seek_data(offset);
}

Outcome<std::uint64_t> RamNode::seek_hole(std::uint64_t offset) {
    MutexGuard guard(volume_->lock);
    return data_.seek_hole(offset);
}

Done RamNode::punch_hole(std::uint64_t offset, std::uint64_t bytes) {
    MutexGuard guard(volume_->lock);
    data_.punch_hole(offset, bytes);
    touch();
    return {};
}

Done RamNode::reserve(std::uint64_t offset, std::uint64_t bytes) {
    MutexGuard guard(volume_->lock);
    return data_.reserve(offset, bytes);
}

} // namespace exo::hpc
