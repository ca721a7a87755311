// Files of a volume: attributes, contents, making them durable. Interface: data_node.hpp.
#include "libos-hpc/data/data_node.hpp"

#include "libos-hpc/data/translate.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

template <typename T>
Outcome<T> outcome_of(const files::Result<T>& result) {
    if (!result)
        return fail(errno_of(result.error()));
    return *result;
}

Done done_of(const files::Status& status) {
    if (!status)
        return fail(errno_of(status.error()));
    return {};
}

} // namespace

// A file that gets another owner loses the set-user-ID bit, and the set-group-ID bit where it means that (chown(2)).
void DataNode::drop_privileges(files::AttributeChange& change) const {
    constexpr std::uint32_t set_user_id = 04000, set_group_id = 02000, group_execute = 010;
    if (linux_abi::is_directory(type_) || change.set_mode)
        return;
    change.mode = inode_.attributes.mode & linux_abi::mode::permission_mask & ~set_user_id;
    if (change.mode & group_execute)
        change.mode &= ~set_group_id;
    change.set_mode = true;
}

DataNode::~DataNode() {
    VolumeUse use(volume_);
    use->release(inode_);
}

Ref<Node> root_of(Volume& volume) {
    files::Inode* root;
    {
        VolumeUse use(volume);
        root = &use->root();
    }
    return make<DataNode>(volume, *root);
}

Outcome<Attributes> DataNode::attributes() {
    VolumeUse use(volume_);
    return attributes_of(inode_, use->pages(inode_), volume_.number());
}

Done DataNode::change(const AttributeChange& change) {
    VolumeUse use(volume_);
    if (use->info().read_only)
        return fail(Errno::ROFS);
    if (change.set_bytes) {
        if (linux_abi::is_directory(type_))
            return fail(Errno::ISDIR);
        if (auto done = use->truncate(inode_, change.bytes); !done)
            return done_of(done);
    }
    if (!change.set_mode && !change.set_user && !change.set_group && !change.set_accessed && !change.set_modified)
        return {};
    files::AttributeChange wanted = change_of(change, static_cast<std::int64_t>(realtime_ns()));
    if (change.set_user || change.set_group)
        drop_privileges(wanted);
    return done_of(use->change(inode_, wanted));
}

FileSystemInfo DataNode::file_system() {
    VolumeUse use(volume_);
    return info_of(use->info());
}

Outcome<std::size_t> DataNode::read_link(std::span<char> buffer) {
    if (!linux_abi::is_symlink(type_))
        return fail(Errno::INVAL);
    VolumeUse use(volume_);
    const std::size_t length = std::min<std::size_t>(buffer.size(), inode_.target_bytes);
    copy_bytes(buffer.data(), inode_.target, length);
    return length;
}

Outcome<Ref<Node>> DataNode::open(std::uint32_t flags) {
    const bool writes = (flags & linux_abi::open_flag::access_mask) != linux_abi::open_flag::read_only;
    if (writes && file_system().read_only)
        return fail(Errno::ROFS);
    return Ref<Node>(this);
}

Outcome<std::size_t> DataNode::read_at(std::uint64_t offset, std::span<std::byte> buffer) {
    VolumeUse use(volume_);
    return outcome_of(use->read(inode_, offset, buffer));
}

Outcome<std::size_t> DataNode::write_at(std::uint64_t offset, std::span<const std::byte> buffer) {
    VolumeUse use(volume_);
    return outcome_of(use->write(inode_, offset, buffer));
}

Outcome<Node::Appended> DataNode::append(std::span<const std::byte> buffer) {
    VolumeUse use(volume_);
    const auto put = use->write(inode_, inode_.attributes.bytes, buffer);
    if (!put)
        return fail(errno_of(put.error()));
    return Appended{*put, inode_.attributes.bytes};
}

Outcome<std::uint64_t> DataNode::seek_data(std::uint64_t offset) {
    VolumeUse use(volume_);
    return outcome_of(use->seek_data(inode_, offset));
}

Outcome<std::uint64_t> DataNode::seek_hole(std::uint64_t offset) {
    VolumeUse use(volume_);
    return outcome_of(use->seek_hole(inode_, offset));
}

Done DataNode::punch_hole(std::uint64_t offset, std::uint64_t bytes) {
    VolumeUse use(volume_);
    return done_of(use->punch_hole(inode_, offset, bytes));
}

Done DataNode::reserve(std::uint64_t offset, std::uint64_t bytes) {
    VolumeUse use(volume_);
    return done_of(use->allocate(inode_, offset, bytes));
}

Done DataNode::zero_range(std::uint64_t offset, std::uint64_t bytes) {
    VolumeUse use(volume_);
    if (const auto done = use->punch_hole(inode_, offset, bytes); !done)
        return done_of(done);
    return done_of(use->allocate(inode_, offset, bytes));
}

Done DataNode::sync() {
    std::uint64_t ticket;
    {
        VolumeUse use(volume_);
        ticket = inode_.ticket;
    }
    return volume_.sync(ticket);
}

} // namespace exo::hpc
