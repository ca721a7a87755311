// Renaming (rename(2), renameat2(2)): all of it in one batch, so that after a crash it happened or did not.
#include "libos/files/files.hpp"

namespace exo::files {

// Each name leads to what the other did.
Status Files::exchange(Entry& left, Entry& right, std::int64_t now) {
    Inode &one = *left.directory, &other = *right.directory, &first = *left.inode, &second = *right.inode;
    char names[2][name_bytes_max];
    const std::string_view left_name(names[0], left.name().copy(names[0], name_bytes_max));
    const std::string_view right_name(names[1], right.name().copy(names[1], name_bytes_max));
    record_entry(RecordKind::EntryGone, one, left_name, nullptr);
    record_entry(RecordKind::EntryGone, other, right_name, nullptr);
    record_entry(RecordKind::Entry, one, left_name, &second);
    record_entry(RecordKind::Entry, other, right_name, &first);
    tree_.exchange_entries(left, right);
    for (Inode* const changed : {&first, &second}) {
        changed->attributes.changed_ns = now;
        tree_.unsettle(store_, *changed);
    }
    touch(one, now);
    touch(other, now);
    return {};
}

Status Files::rename(Inode& from, std::string_view name, Inode& to, std::string_view new_name, std::uint32_t flags) {
    const Result<Entry*> source = existing(from, name);
    if (!source)
        return fail(source.error());
    if (flags & ~(rename_flag::no_replace | rename_flag::exchange) ||
        flags == (rename_flag::no_replace | rename_flag::exchange))
        return fail(FileError::Invalid);
    const Status new_is_good = check_new_name(to, new_name);
    if (!new_is_good && new_is_good.error() != FileError::Exists)
        return new_is_good;
    Inode& moved = *(*source)->inode;
    Entry* const target = tree_.find(to, new_name);
    if (moved.is_directory() && Tree::is_above(moved, to))
        return fail(FileError::Invalid);
    if (flags & rename_flag::exchange) {
        if (!target)
            return fail(FileError::NoEntry);
        if (target->inode->is_directory() && Tree::is_above(*target->inode, from))
            return fail(FileError::Invalid);
        if (target == *source || target->inode == &moved)
            return {};
        if (const Status enough = room(4 * inode_room + 4 * entry_room); !enough)
            return enough;
        return exchange(**source, *target, clock_.now());
    }
    if (target) {
        if (flags & rename_flag::no_replace)
            return fail(FileError::Exists);
        if (target->inode == &moved)
            return {};
        if (target->inode->is_directory() && Tree::is_above(*target->inode, from))
            return fail(FileError::NotEmpty);
        if (moved.is_directory() && !target->inode->is_directory())
            return fail(FileError::NotDirectory);
        if (!moved.is_directory() && target->inode->is_directory())
            return fail(FileError::IsDirectory);
        if (target->inode->first)
            return fail(FileError::NotEmpty);
    }
    if (const Status enough = room(4 * inode_room + 2 * entry_room + gone_room + drop_room); !enough)
        return enough;
    Inode* const replaced = target ? target->inode : nullptr;
    if (!tree_.move_entry(**source, to, new_name, target))
        return fail(FileError::NoMemory);
    const std::int64_t now = clock_.now();
    record_entry(RecordKind::EntryGone, from, name, nullptr);
    record_entry(RecordKind::Entry, to, new_name, &moved);
    moved.attributes.changed_ns = now;
    tree_.unsettle(store_, moved);
    touch(from, now);
    touch(to, now);
    if (replaced)
        lost_name(*replaced, now);
    return {};
}

} // namespace exo::files
