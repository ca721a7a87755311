// Names: each operation checks everything, then makes room, then changes the tree and records what it changed.
#include "libos/files/files.hpp"

namespace exo::files {

namespace {
Status check_name(std::string_view name) {
    if (name.size() > name_bytes_max)
        return fail(FileError::NameTooLong);
    return is_name(name) ? Status{} : fail(FileError::Invalid);
}

Attributes new_attributes(std::uint32_t mode, Owner owner, std::int64_t now) {
    return {.bytes = 0,
            .accessed_ns = now,
            .modified_ns = now,
            .changed_ns = now,
            .created_ns = now,
            .mode = mode,
            .user = owner.user,
            .group = owner.group};
}

} // namespace

Result<Entry*> Files::existing(Inode& directory, std::string_view name) {
    if (!directory.is_directory())
        return fail(FileError::NotDirectory);
    if (name.size() > name_bytes_max)
        return fail(FileError::NameTooLong);
    Entry* const entry = tree_.find(directory, name);
    return entry ? Result<Entry*>(entry) : fail(FileError::NoEntry);
}

Status Files::check_new_name(Inode& directory, std::string_view name) const {
    if (!directory.is_directory())
        return fail(FileError::NotDirectory);
    if (const Status good = check_name(name); !good)
        return good;
    if (tree_.find(directory, name))
        return fail(FileError::Exists);
    if (directory.names == 0 && directory.number != root_number)
        return fail(FileError::NoEntry); // it was removed and is only held
    return {};
}

void Files::record_entry(RecordKind kind, const Inode& directory, std::string_view name, const Inode* inode) {
    store_.add_record(octets_of(make_entry_record(kind, directory, inode)), octets_of(name));
}

Result<Inode*> Files::lookup(Inode& directory, std::string_view name) {
    const Result<Entry*> entry = existing(directory, name);
    if (!entry)
        return fail(entry.error());
    hold(*(*entry)->inode);
    return (*entry)->inode;
}

Result<Inode*> Files::add(Inode& directory, std::string_view name, std::uint32_t mode, Owner owner,
                          std::string_view target) {
    if (const Status good = check_new_name(directory, name); !good)
        return fail(good.error());
    const std::uint32_t target_room = record_room(sizeof(RecordHead) + target.size());
    if (const Status enough = room(3 * inode_room + entry_room + target_room); !enough)
        return fail(enough.error());
    Inode* const inode = tree_.add_inode();
    if (!inode)
        return fail(FileError::NoMemory);
    const std::int64_t now = clock_.now();
    inode->attributes = new_attributes(mode, owner, now);
    if ((!target.empty() && !tree_.set_target(*inode, target)) || !tree_.add_entry(directory, name, *inode)) {
        tree_.remove_inode(*inode);
        return fail(FileError::NoMemory);
    }
    store_.add_record(octets_of(make_inode_record(*inode)));
    if (!target.empty()) {
        const RecordHead head{inode->number, static_cast<std::uint8_t>(RecordKind::Target), {}};
        store_.add_record(octets_of(head), octets_of(target));
    }
    record_entry(RecordKind::Entry, directory, name, inode);
    inode->ticket = store_.ticket();
    touch(directory, now);
    hold(*inode);
    return inode;
}

Result<Inode*> Files::create(Inode& directory, std::string_view name, std::uint32_t mode, Owner owner) {
    return add(directory, name, mode, owner, {});
}

// What is recorded of it without a name is removed by whoever opens the file system next.
Result<Inode*> Files::create_unnamed(std::uint32_t mode, Owner owner, bool may_get_name) {
    if (const Status enough = room(inode_room); !enough)
        return fail(enough.error());
    Inode* const inode = tree_.add_inode();
    if (!inode)
        return fail(FileError::NoMemory);
    const std::int64_t now = clock_.now();
    inode->attributes = new_attributes(mode_type::regular | (mode & ~mode_type::mask), owner, now);
    inode->awaits_name = may_get_name;
    store_.add_record(octets_of(make_inode_record(*inode)));
    inode->ticket = store_.ticket();
    hold(*inode);
    return inode;
}

Result<Inode*> Files::make_symlink(Inode& directory, std::string_view name, std::string_view target, Owner owner) {
    if (target.empty())
        return fail(FileError::NoEntry);
    if (target.size() > target_bytes_max)
        return fail(FileError::NameTooLong);
    return add(directory, name, mode_type::symlink | 0777, owner, target);
}

Status Files::link(Inode& directory, std::string_view name, Inode& existing) {
    if (const Status good = check_new_name(directory, name); !good)
        return good;
    if (existing.is_directory())
        return fail(FileError::NotPermitted);
    if (existing.names == 0 && !existing.awaits_name)
        return fail(FileError::NoEntry);
    if (existing.names >= links_max)
        return fail(FileError::TooManyLinks);
    if (const Status enough = room(2 * inode_room + entry_room); !enough)
        return enough;
    if (!tree_.add_entry(directory, name, existing))
        return fail(FileError::NoMemory);
    const std::int64_t now = clock_.now();
    record_entry(RecordKind::Entry, directory, name, &existing);
    existing.awaits_name = false;
    existing.attributes.changed_ns = now;
    tree_.unsettle(store_, existing);
    touch(directory, now);
    return {};
}

// After a name was taken away. Room was reserved: inode_room, or gone_room and drop_room.
void Files::lost_name(Inode& inode, std::int64_t now) {
    if (inode.names == 0 && inode.holds == 0)
        return remove(inode);
    inode.attributes.changed_ns = now;
    tree_.unsettle(store_, inode);
}

Status Files::drop_name(Inode& directory, Entry& entry, std::string_view name) {
    if (const Status enough = room(2 * inode_room + entry_room + gone_room + drop_room); !enough)
        return enough;
    Inode& inode = *entry.inode;
    const std::int64_t now = clock_.now();
    record_entry(RecordKind::EntryGone, directory, name, nullptr);
    tree_.remove_entry(entry);
    touch(directory, now);
    lost_name(inode, now);
    return {};
}

Status Files::unlink(Inode& directory, std::string_view name) {
    const Result<Entry*> entry = existing(directory, name);
    if (!entry)
        return fail(entry.error());
    Inode& inode = *(*entry)->inode;
    if (inode.is_directory())
        return fail(FileError::IsDirectory);
    return drop_name(directory, **entry, name);
}

Status Files::remove_directory(Inode& directory, std::string_view name) {
    const Result<Entry*> entry = existing(directory, name);
    if (!entry)
        return fail(entry.error());
    Inode& inode = *(*entry)->inode;
    if (!inode.is_directory())
        return fail(FileError::NotDirectory);
    if (inode.first)
        return fail(FileError::NotEmpty);
    return drop_name(directory, **entry, name);
}

Status Files::list(Inode& directory, std::uint64_t position, ListSink& sink) {
    if (!directory.is_directory())
        return fail(FileError::NotDirectory);
    Entry* entry = directory.listed && directory.listed->position <= position ? directory.listed : directory.first;
    while (entry && entry->position < position)
        entry = entry->next;
    for (; entry; entry = entry->next) {
        directory.listed = entry;
        if (!sink.take(entry->name(), *entry->inode, entry->position + 1))
            break;
    }
    return {};
}

} // namespace exo::files
