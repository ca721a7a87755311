// The file system as a whole: making it, opening it, what holds inodes, making things durable.
#include "libos/files/files.hpp"

namespace exo::files {

FileError error_of(store::Problem problem) {
    switch (problem) {
    case store::Problem::NoSpace:
        return FileError::NoSpace;
    case store::Problem::NoMemory:
        return FileError::NoMemory;
    case store::Problem::ReadOnly:
        return FileError::ReadOnly;
    case store::Problem::TooBig:
    case store::Problem::None:
    case store::Problem::Damaged:
    case store::Problem::DeviceFailed:
    case store::Problem::TooSmall:
    case store::Problem::Unsuitable:
    case store::Problem::NotAStore:
    case store::Problem::Newer:
    case store::Problem::Shrunk:
    case store::Problem::LogDamaged:
    case store::Problem::IndexDamaged:
    case store::Problem::Unknown:
    case store::Problem::NotASet:
    case store::Problem::NotOfSet:
    case store::Problem::Doubled:
    case store::Problem::Diverged:
    case store::Problem::Incomplete:
    case store::Problem::BadCode:
    case store::Problem::UnknownFeature:
        return FileError::Io;
    }
    return FileError::Io;
}

store::Status Files::create(std::span<block::Device* const> devices, const store::CreateSpec& spec,
                            const Clock& clock) {
    if (const store::Status created = store::Store::create(devices, spec); !created)
        return created;
    Files files(devices, clock);
    if (!files.tree_.open())
        return store::fail(store::Problem::NoMemory);
    if (const store::Status opened = files.store_.open(); !opened)
        return opened;
    if (const store::Status room = files.store_.reserve(inode_room, 0, 0); !room)
        return room;
    Inode* const root = files.tree_.add_inode();
    if (!root)
        return store::fail(store::Problem::NoMemory);
    const std::int64_t now = clock.now();
    root->attributes = {.accessed_ns = now,
                        .modified_ns = now,
                        .changed_ns = now,
                        .created_ns = now,
                        .mode = mode_type::directory | 0755};
    files.store_.add_record(octets_of(make_inode_record(*root)));
    return files.close();
}

store::Status Files::open(const store::OpenOptions& options) {
    if (!tree_.open())
        return store::fail(store::Problem::NoMemory);
    if (const store::Status opened = store_.open(options); !opened)
        return opened;
    if (!tree_.find(root_number))
        return store::fail(store::Problem::Unknown);
    if (info().read_only)
        return {};
    // Files whose last name went while they were open when the system stopped.
    for (bool more = true; more;) {
        Inode* orphan = nullptr;
        tree_.each([&](Inode& inode) {
            if (inode.names == 0 && inode.number != root_number && !inode.first)
                orphan = &inode;
        });
        more = orphan != nullptr;
        if (more) {
            if (const store::Status room = store_.reserve(gone_room + drop_room, 0, 0); !room)
                return room;
            remove(*orphan);
        }
    }
    return {};
}

Inode& Files::root() {
    Inode& root = *tree_.find(root_number);
    hold(root);
    return root;
}

// Room was reserved: gone_room and drop_room.
void Files::remove(Inode& inode) {
    store_.drop_pages(inode.number, 0, ~0ull);
    const RecordHead gone{inode.number, static_cast<std::uint8_t>(RecordKind::InodeGone), {}};
    store_.add_record(octets_of(gone));
    tree_.remove_inode(inode);
}

void Files::release(Inode& inode) {
    if (--inode.holds || inode.names || inode.number == root_number)
        return;
    // Where there is no room it stays, without a name, until the file system is opened next.
    if (store_.reserve(gone_room + drop_room, 0, 0))
        remove(inode);
}

Status Files::room(std::uint32_t record_octets, std::uint32_t pages, std::uint32_t new_pages) {
    if (const store::Status room = store_.reserve(record_octets, pages, new_pages); !room)
        return fail(error_of(room.error()));
    return {};
}

void Files::touch(Inode& inode, std::int64_t now) {
    inode.attributes.modified_ns = inode.attributes.changed_ns = now;
    tree_.unsettle(store_, inode);
}

Status Files::change(Inode& inode, const AttributeChange& change) {
    if (const Status enough = room(inode_room); !enough)
        return enough;
    Attributes& now = inode.attributes;
    if (change.set_mode)
        now.mode = (now.mode & mode_type::mask) | (change.mode & ~mode_type::mask);
    if (change.set_user)
        now.user = change.user;
    if (change.set_group)
        now.group = change.group;
    if (change.set_accessed)
        now.accessed_ns = change.accessed_ns;
    if (change.set_modified)
        now.modified_ns = change.modified_ns;
    now.changed_ns = clock_.now();
    tree_.unsettle(store_, inode);
    return {};
}

FileSystemInfo Files::info() const {
    const std::uint64_t pages = store_.pages_capacity(), used = store_.pages_used();
    return {.pages = pages,
            .pages_free = pages > used ? pages - used : 0,
            .inodes = tree_.inode_count(),
            .read_only = !store_.is_writable()};
}

Status Files::sync(const Inode& inode) {
    return store_.is_durable(inode.ticket) ? Status{} : sync();
}

Status Files::sync() {
    if (const store::Status done = store_.commit(); !done)
        return fail(error_of(done.error()));
    return {};
}

} // namespace exo::files
