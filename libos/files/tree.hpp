// The whole tree of names and inodes, in memory, and the keeper of its records: what the store plays back builds it,
// and a snapshot of it is what the store's checkpoint keeps. Knows nothing of contents.
#pragma once

#include "libos/files/inode.hpp"
#include "libos/files/record.hpp"
#include "libos/store/store.hpp"

namespace exo::files {

class Tree final : public store::Keeper {
public:
    Tree() = default;
    ~Tree();

    // False: no memory.
    [[nodiscard]] bool open();

    Inode* find(std::uint64_t number) const;
    Entry* find(const Inode& directory, std::string_view name) const;
    // A new inode with the next number; null: no memory.
    Inode* add_inode();
    void remove_inode(Inode& inode); // that has no names and no entries
    // A new name, last in its directory. False: no memory.
    [[nodiscard]] bool add_entry(Inode& directory, std::string_view name, Inode& inode);
    void remove_entry(Entry& entry);
    // An entry gets another directory and name, in place of `target` if there is one. False: no memory, nothing
    // changed.
    [[nodiscard]] bool move_entry(Entry& entry, Inode& to, std::string_view name, Entry* target);
    // Each leads to what the other did.
    static void exchange_entries(Entry& left, Entry& right);
    [[nodiscard]] bool set_target(Inode& inode, std::string_view target);
    // Whether `inode` is `directory` or above it.
    static bool is_above(const Inode& inode, const Inode& directory);

    // Marks an inode as changed: it is recorded once, when the batch is sealed.
    void unsettle(store::Store& store, Inode& inode);

    std::uint64_t inode_count() const { return inodes_.count(); }
    template <typename Visit>
    void each(Visit&& visit) const {
        inodes_.each(visit);
    }

    // Of the store's keeper.
    bool replay(std::span<const std::byte> record) override;
    void settle() override;
    void snapshot(store::RecordSink& sink) override;
    std::uint64_t snapshot_bytes() const override;

private:
    static Entry* make_entry(Inode& directory, std::string_view name);
    void link_entry(Entry& entry, Inode& inode);
    bool replay_inode(std::span<const std::byte> record);
    bool replay_entry(std::span<const std::byte> record, RecordKind kind);
    bool replay_target(std::uint64_t number, std::span<const std::byte> text);

    store::HashTable<Inode> inodes_;
    store::HashTable<Entry> entries_;
    std::uint64_t next_number_ = root_number;
    std::uint64_t text_bytes_ = 0; // names and targets
    Inode* unsettled_ = nullptr;
    store::Store* store_ = nullptr; // where the unsettled ones will be recorded
};

bool is_name(std::string_view name);

} // namespace exo::files
