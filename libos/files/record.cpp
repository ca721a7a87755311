// Making records.
#include "libos/files/record.hpp"

namespace exo::files {

InodeRecord make_inode_record(const Inode& inode) {
    const Attributes& from = inode.attributes;
    return {.head = {inode.number, static_cast<std::uint8_t>(RecordKind::Inode), {}},
            .bytes = from.bytes,
            .accessed_ns = from.accessed_ns,
            .modified_ns = from.modified_ns,
            .changed_ns = from.changed_ns,
            .created_ns = from.created_ns,
            .mode = from.mode,
            .user = from.user,
            .group = from.group,
            .zero = 0};
}

EntryRecord make_entry_record(RecordKind kind, const Inode& directory, const Inode* inode) {
    return {.head = {directory.number, static_cast<std::uint8_t>(kind), {}}, .inode = inode ? inode->number : 0};
}

} // namespace exo::files
