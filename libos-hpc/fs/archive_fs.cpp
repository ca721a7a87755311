// Read-only nodes over archive entries. Inode numbers are the archive's; an implied directory gets one made from its
// path. Interface: archive_fs.hpp.
#include "libos-hpc/fs/archive_fs.hpp"

#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

constexpr std::uint64_t archive_device = 1;

std::uint32_t type_of(archive::EntryKind kind) {
    switch (kind) {
    case archive::EntryKind::File:
        return linux_abi::mode::regular;
    case archive::EntryKind::Directory:
        return linux_abi::mode::directory;
    case archive::EntryKind::Symlink:
        return linux_abi::mode::symlink;
    }
    return linux_abi::mode::regular;
}

// FNV-1a, above every inode number an archive can have.
std::uint64_t implied_inode(std::string_view path) {
    std::uint64_t hash = 0xcbf29ce484222325ull;
    for (char character : path)
        hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3ull;
    return hash | (1ull << 33);
}

std::uint64_t inode_of(const archive::Entry& entry) {
    return entry.inode ? entry.inode : implied_inode(entry.path);
}

} // namespace

ArchiveNode::ArchiveNode(const archive::Archive& archive, const archive::Entry& entry)
    : archive_(archive), entry_(entry), path_(entry.path), type_(type_of(entry.kind)) {
    entry_.path = path_.view();
}

Outcome<Attributes> ArchiveNode::attributes() {
    Attributes result;
    result.device = archive_device;
    result.inode = inode_of(entry_);
    result.links = linux_abi::is_directory(type_) ? 2 : 1;
    std::uint32_t permissions = entry_.mode & linux_abi::mode::permission_mask;
    if (!permissions)
        permissions = linux_abi::is_directory(type_) ? 0755 : 0444;
    result.mode = type_ | permissions;
    result.bytes = entry_.data.size();
    result.blocks = (result.bytes + 511) / 512;
    result.accessed = result.modified = result.changed = {static_cast<std::int64_t>(entry_.modified_seconds), 0};
    return result;
}

FileSystemInfo ArchiveNode::file_system() {
    return {.type = linux_abi::file_system::ramfs,
            .block_bytes = 4096,
            .blocks = 0,
            .blocks_free = 0,
            .files = archive_.entry_count(),
            .files_free = 0,
            .read_only = true};
}

Outcome<Ref<Node>> ArchiveNode::lookup(std::string_view name) {
    if (!linux_abi::is_directory(type_))
        return fail(Errno::NOTDIR);
    Text path(path_.view());
    if (path.size())
        path.add('/');
    path.add(name);
    archive::Entry found;
    if (!path.complete())
        return fail(Errno::NOMEM);
    if (!archive_.find(path.view(), found))
        return fail(Errno::NOENT);
    Ref<Node> node = make<ArchiveNode>(archive_, found);
    if (!node)
        return fail(Errno::NOMEM);
    return node;
}

Done ArchiveNode::list(std::uint64_t position, DirectorySink& sink) {
    if (!linux_abi::is_directory(type_))
        return fail(Errno::NOTDIR);
    archive::Archive::Cursor cursor;
    archive::Child child;
    for (std::uint64_t index = 0; archive_.next_child(path_.view(), cursor, child); ++index) {
        if (index < position)
            continue;
        std::uint64_t inode = child.entry.inode ? child.entry.inode : implied_inode(child.name);
        if (!sink.take({child.name, inode, static_cast<std::uint8_t>(type_of(child.entry.kind) >> 12), index + 1}))
            return {};
    }
    return {};
}

Outcome<std::size_t> ArchiveNode::read_link(std::span<char> buffer) {
    if (!linux_abi::is_symlink(type_))
        return fail(Errno::INVAL);
    std::size_t length = std::min(buffer.size(), entry_.data.size());
    copy_bytes(buffer.data(), entry_.data.data(), length);
    return length;
}

Outcome<std::size_t> ArchiveNode::read_at(std::uint64_t offset, std::span<std::byte> buffer) {
    if (offset >= entry_.data.size())
        return 0;
    auto length = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), entry_.data.size() - offset));
    copy_bytes(buffer.data(), entry_.data.data() + offset, length);
    return length;
}

} // namespace exo::hpc
