// Two tables: inodes by number, names by directory and text.
#include "libos/files/tree.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::files {

namespace {
std::uint64_t hash_of(const Inode& directory, std::string_view name) {
    std::uint64_t hash = directory.number * 0x9e3779b97f4a7c15;
    for (const char letter : name)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3; // FNV-1a
    return store::mixed(hash);
}
} // namespace

bool is_name(std::string_view name) {
    if (name.empty() || name.size() > name_bytes_max || name == "." || name == "..")
        return false;
    for (const char letter : name)
        if (letter == '/' || letter == 0)
            return false;
    return true;
}

Tree::~Tree() {
    entries_.each([&](Entry& entry) {
        entries_.remove(entry);
        heap_free(&entry);
    });
    inodes_.each([&](Inode& inode) {
        inodes_.remove(inode);
        if (inode.target)
            heap_free(inode.target);
        heap_delete(&inode);
    });
}

bool Tree::open() {
    return inodes_.open() && entries_.open();
}

Inode* Tree::find(std::uint64_t number) const {
    return inodes_.find(store::mixed(number), [&](const Inode& inode) { return inode.number == number; });
}

Entry* Tree::find(const Inode& directory, std::string_view name) const {
    const std::uint64_t hash = hash_of(directory, name);
    return entries_.find(hash, [&](const Entry& entry) {
        return entry.hash == hash && entry.directory == &directory && entry.name() == name;
    });
}

Inode* Tree::add_inode() {
    auto* const inode = heap_new<Inode>();
    if (inode) {
        inode->number = next_number_++;
        if (inode->number == root_number)
            inode->parent = inode;
        inodes_.insert(*inode);
    }
    return inode;
}

void Tree::remove_inode(Inode& inode) {
    for (Inode** at = &unsettled_; *at; at = &(*at)->next_unsettled)
        if (*at == &inode) {
            *at = inode.next_unsettled;
            break;
        }
    inodes_.remove(inode);
    text_bytes_ -= inode.target_bytes;
    if (inode.target)
        heap_free(inode.target);
    heap_delete(&inode);
}

Entry* Tree::make_entry(Inode& directory, std::string_view name) {
    void* const memory = heap_allocate(sizeof(Entry) + name.size());
    if (!memory)
        return nullptr;
    auto* const entry = new (memory) Entry{};
    entry->directory = &directory;
    entry->hash = hash_of(directory, name);
    entry->name_bytes = static_cast<std::uint16_t>(name.size());
    copy_bytes(entry->text(), name.data(), name.size());
    return entry;
}

void Tree::link_entry(Entry& entry, Inode& inode) {
    Inode& directory = *entry.directory;
    entry.inode = &inode;
    entry.position = directory.next_position++;
    entry.previous = directory.last;
    (directory.last ? directory.last->next : directory.first) = &entry;
    directory.last = &entry;
    entries_.insert(entry);
    text_bytes_ += entry.name_bytes;
    inode.names++;
    if (inode.is_directory()) {
        inode.parent = &directory;
        directory.directories_inside++;
    }
}

bool Tree::add_entry(Inode& directory, std::string_view name, Inode& inode) {
    Entry* const entry = make_entry(directory, name);
    if (entry)
        link_entry(*entry, inode);
    return entry != nullptr;
}

bool Tree::move_entry(Entry& entry, Inode& to, std::string_view name, Entry* target) {
    Entry* const fresh = make_entry(to, name);
    if (!fresh)
        return false;
    Inode& inode = *entry.inode;
    if (target)
        remove_entry(*target);
    remove_entry(entry);
    link_entry(*fresh, inode);
    return true;
}

void Tree::exchange_entries(Entry& left, Entry& right) {
    Inode *const first = left.inode, *const second = right.inode;
    left.directory->directories_inside -= first->is_directory();
    right.directory->directories_inside -= second->is_directory();
    left.inode = second;
    right.inode = first;
    left.directory->directories_inside += second->is_directory();
    right.directory->directories_inside += first->is_directory();
    if (second->is_directory())
        second->parent = left.directory;
    if (first->is_directory())
        first->parent = right.directory;
}

void Tree::remove_entry(Entry& entry) {
    Inode& directory = *entry.directory;
    Inode& inode = *entry.inode;
    (entry.previous ? entry.previous->next : directory.first) = entry.next;
    (entry.next ? entry.next->previous : directory.last) = entry.previous;
    if (directory.listed == &entry)
        directory.listed = nullptr;
    inode.names--;
    if (inode.is_directory()) {
        inode.parent = nullptr;
        directory.directories_inside--;
    }
    text_bytes_ -= entry.name_bytes;
    entries_.remove(entry);
    heap_free(&entry);
}

bool Tree::set_target(Inode& inode, std::string_view target) {
    auto* const text = static_cast<char*>(heap_allocate(target.size() + 1));
    if (!text)
        return false;
    copy_bytes(text, target.data(), target.size());
    if (inode.target)
        heap_free(inode.target);
    text_bytes_ += target.size() - inode.target_bytes;
    inode.target = text;
    inode.target_bytes = static_cast<std::uint32_t>(target.size());
    return true;
}

bool Tree::is_above(const Inode& inode, const Inode& directory) {
    for (const Inode* at = &directory; at; at = at->parent) {
        if (at == &inode)
            return true;
        if (at->parent == at)
            return false;
    }
    return false;
}

void Tree::unsettle(store::Store& store, Inode& inode) {
    if (!inode.unsettled) {
        inode.unsettled = true;
        inode.next_unsettled = unsettled_;
        unsettled_ = &inode;
        store_ = &store;
        store.promise(inode_room);
    }
    inode.ticket = store.ticket();
}

void Tree::settle() {
    while (Inode* const inode = unsettled_) {
        unsettled_ = inode->next_unsettled;
        inode->unsettled = false;
        store_->add_record(octets_of(make_inode_record(*inode)));
    }
}

void Tree::snapshot(store::RecordSink& sink) {
    bool good = true;
    inodes_.each([&](Inode& inode) {
        good = good && sink.add(octets_of(make_inode_record(inode)));
        if (!inode.target || !good)
            return;
        char text[sizeof(RecordHead) + target_bytes_max];
        const RecordHead head{inode.number, static_cast<std::uint8_t>(RecordKind::Target), {}};
        copy_bytes(text, &head, sizeof head);
        copy_bytes(text + sizeof head, inode.target, inode.target_bytes);
        good = sink.add(octets_of(std::string_view(text, sizeof head + inode.target_bytes)));
    });
    inodes_.each([&](Inode& inode) {
        for (Entry* entry = inode.first; entry && good; entry = entry->next) {
            char text[sizeof(EntryRecord) + name_bytes_max];
            const EntryRecord head = make_entry_record(RecordKind::Entry, inode, entry->inode);
            copy_bytes(text, &head, sizeof head);
            copy_bytes(text + sizeof head, entry->name().data(), entry->name_bytes);
            good = sink.add(octets_of(std::string_view(text, sizeof head + entry->name_bytes)));
        }
    });
}

std::uint64_t Tree::snapshot_bytes() const {
    return inodes_.count() * inode_room + entries_.count() * (entry_room - name_bytes_max) + text_bytes_;
}

} // namespace exo::files
