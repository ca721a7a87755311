// Records played back. They have passed the store's checksums, and are held to the tree's rules nevertheless: an image
// may have been made by anybody.
#include "libos/files/tree.hpp"
#include "libos/memory/bytes.hpp"

namespace exo::files {

bool Tree::replay(std::span<const std::byte> record) {
    RecordHead head;
    if (record.size() < sizeof head)
        return false;
    copy_bytes(&head, record.data(), sizeof head);
    switch (static_cast<RecordKind>(head.kind)) {
    case RecordKind::Inode:
        return replay_inode(record);
    case RecordKind::InodeGone: {
        Inode* const inode = find(head.number);
        if (!inode || inode->names || inode->first || head.number == root_number)
            return false;
        remove_inode(*inode);
        return true;
    }
    case RecordKind::Entry:
    case RecordKind::EntryGone:
        return replay_entry(record, static_cast<RecordKind>(head.kind));
    case RecordKind::Target:
        return replay_target(head.number, record.subspan(sizeof head));
    }
    return false;
}

bool Tree::replay_inode(std::span<const std::byte> record) {
    InodeRecord from;
    if (record.size() != sizeof from)
        return false;
    copy_bytes(&from, record.data(), sizeof from);
    const std::uint32_t type = from.mode & mode_type::mask;
    const bool known = type == mode_type::directory || type == mode_type::regular || type == mode_type::symlink ||
                       type == mode_type::fifo || type == mode_type::socket;
    if (!known || from.head.number == 0 || from.head.number >= 1ull << 62 || from.bytes > file_bytes_max ||
        (from.head.number == root_number && type != mode_type::directory))
        return false;
    Inode* inode = find(from.head.number);
    if (inode && inode->type() != type)
        return false;
    if (!inode) {
        inode = heap_new<Inode>();
        if (!inode)
            return false;
        inode->number = from.head.number;
        if (inode->number == root_number)
            inode->parent = inode;
        inodes_.insert(*inode);
        next_number_ = next_number_ > inode->number ? next_number_ : inode->number + 1;
    }
    inode->attributes = {.bytes = from.bytes,
                         .accessed_ns = from.accessed_ns,
                         .modified_ns = from.modified_ns,
                         .changed_ns = from.changed_ns,
                         .created_ns = from.created_ns,
                         .mode = from.mode,
                         .user = from.user,
                         .group = from.group};
    return true;
}

bool Tree::replay_entry(std::span<const std::byte> record, RecordKind kind) {
    EntryRecord from;
    if (record.size() < sizeof from)
        return false;
    copy_bytes(&from, record.data(), sizeof from);
    // Safe: octets of a name.
    const std::string_view name(reinterpret_cast<const char*>(record.data()) + sizeof from,
                                record.size() - sizeof from);
    Inode* const directory = find(from.head.number);
    if (!directory || !directory->is_directory() || !is_name(name))
        return false;
    Entry* const before = find(*directory, name);
    if (kind == RecordKind::EntryGone) {
        if (before)
            remove_entry(*before);
        return before != nullptr;
    }
    Inode* const inode = find(from.inode);
    if (!inode || inode->number == root_number)
        return false;
    if (before)
        remove_entry(*before);
    if (inode->is_directory() && (inode->names || is_above(*inode, *directory)))
        return false; // a directory has one name, and is not inside itself
    return add_entry(*directory, name, *inode);
}

bool Tree::replay_target(std::uint64_t number, std::span<const std::byte> text) {
    Inode* const inode = find(number);
    // Safe: octets of a path.
    return inode && inode->type() == mode_type::symlink && text.size() <= target_bytes_max && !text.empty() &&
           set_target(*inode, {reinterpret_cast<const char*>(text.data()), text.size()});
}

} // namespace exo::files
