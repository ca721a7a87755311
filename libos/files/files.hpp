// A file system on a store: POSIX files by inode and name, without paths, descriptors or permissions checks, which are
// the personality's. One vcore at a time. Names and attributes become durable in the order in which they were changed,
// and a file's contents no later than what was changed after them; `sync` says when.
#pragma once

#include "libos/files/errors.hpp"
#include "libos/files/tree.hpp"

namespace exo::files {

struct Clock {
    std::int64_t (*now_ns)(void* context) = nullptr; // since 1970, UTC
    void* context = nullptr;
    std::int64_t now() const { return now_ns(context); }
};

struct FileSystemInfo {
    std::uint64_t pages = 0, pages_free = 0; // of 4 KiB
    std::uint64_t inodes = 0;
    bool read_only = false;
};

// Whom a new inode belongs to.
struct Owner {
    std::uint32_t user = 0, group = 0;
};

namespace rename_flag { // as Linux' renameat2
inline constexpr std::uint32_t no_replace = 1u << 0, exchange = 1u << 1;
}

// Which attributes to change; times are nanoseconds since 1970.
struct AttributeChange {
    bool set_mode = false, set_user = false, set_group = false, set_accessed = false, set_modified = false;
    std::uint32_t mode = 0, user = 0, group = 0; // mode: permissions alone
    std::int64_t accessed_ns = 0, modified_ns = 0;
};

class ListSink {
public:
    // False: this item did not fit, stop before it. `next` continues the listing after it.
    virtual bool take(std::string_view name, const Inode& inode, std::uint64_t next) = 0;

protected:
    ~ListSink() = default;
};

class Files {
public:
    // Makes an empty file system on a disk, whatever it held. Errors: as Store::create and Store::open.
    static store::Status create(std::span<block::Device* const> devices, const store::CreateSpec& spec,
                                const Clock& clock);
    static store::Status create(block::Device& device, const store::CreateSpec& spec, const Clock& clock) {
        block::Device* const devices[] = {&device};
        return create(devices, spec, clock);
    }

    Files(block::Device& device, const Clock& clock) : store_(device, tree_), clock_(clock) {}
    // On a set of disks, given in any order; or on one alone.
    Files(std::span<block::Device* const> devices, const Clock& clock) : store_(devices, tree_), clock_(clock) {}
    ~Files() = default;

    // Errors: as Store::open.
    store::Status open(const store::OpenOptions& options = {});
    // Makes everything durable, so that nothing has to be played back. Inodes that are still held keep their contents,
    // and are removed when the file system is opened next.
    store::Status close() { return store_.close(); }

    // An inode that a user gets is held for it until it is released; without names and holders it is removed.
    Inode& root();
    static void hold(Inode& inode) { inode.holds++; }
    void release(Inode& inode);

    // Names. Errors: NotDirectory, NoEntry, NameTooLong, Exists, ReadOnly, NoSpace, NoMemory, Io.
    Result<Inode*> lookup(Inode& directory, std::string_view name);
    Result<Inode*> create(Inode& directory, std::string_view name, std::uint32_t mode,
                          Owner owner); // type and permissions
    // A regular file without a name, which goes with its last holder unless `link` gives it one meanwhile, if it may.
    Result<Inode*> create_unnamed(std::uint32_t mode, Owner owner, bool may_get_name);
    Result<Inode*> make_symlink(Inode& directory, std::string_view name, std::string_view target, Owner owner);
    // NotPermitted, TooManyLinks, NoEntry also of one that has lost its last name.
    Status link(Inode& directory, std::string_view name, Inode& existing);
    Status unlink(Inode& directory, std::string_view name);           // IsDirectory
    Status remove_directory(Inode& directory, std::string_view name); // NotDirectory, NotEmpty
    // Atomic, also over an existing name. Errors: Invalid (into itself), IsDirectory, NotDirectory, NotEmpty.
    Status rename(Inode& from, std::string_view name, Inode& to, std::string_view new_name, std::uint32_t flags);
    // Items from `position` on, without "." and ".."; positions count from 0, and an item keeps its own.
    Status list(Inode& directory, std::uint64_t position, ListSink& sink);

    // Contents of regular files. Reading at the end gives 0. Writing is whole unless the disk becomes full or fails,
    // when what was written is returned if it is anything. Errors: Invalid, FileTooBig, NoSpace, ReadOnly, Io.
    Result<std::size_t> read(Inode& inode, std::uint64_t offset, std::span<std::byte> into);
    Result<std::size_t> write(Inode& inode, std::uint64_t offset, std::span<const std::byte> from);
    Status truncate(Inode& inode, std::uint64_t bytes);
    // Makes holes of what lies in the range, or fills holes with zeroes that take room; neither changes the size.
    Status punch_hole(Inode& inode, std::uint64_t offset, std::uint64_t bytes);
    Status allocate(Inode& inode, std::uint64_t offset, std::uint64_t bytes);
    // The first octet at or after `offset` that is data, or is not (the end counts). Errors: NoSuchOffset.
    Result<std::uint64_t> seek_data(const Inode& inode, std::uint64_t offset) const;
    Result<std::uint64_t> seek_hole(const Inode& inode, std::uint64_t offset) const;

    Status change(Inode& inode, const AttributeChange& change);
    std::uint64_t pages(const Inode& inode) const { return store_.page_count(inode.number); }
    FileSystemInfo info() const;

    // Returns when every change of an inode so far, or of everything, is durable. Errors: Io.
    Status sync(const Inode& inode);
    Status sync();

    store::Store& store() { return store_; }
    Tree& tree() { return tree_; }

private:
    Status room(std::uint32_t record_octets, std::uint32_t pages = 0, std::uint32_t new_pages = 0);
    Status check_new_name(Inode& directory, std::string_view name) const;
    Result<Inode*> add(Inode& directory, std::string_view name, std::uint32_t mode, Owner owner,
                       std::string_view target);
    void record_entry(RecordKind kind, const Inode& directory, std::string_view name, const Inode* inode);
    void touch(Inode& inode, std::int64_t now);
    // Takes a name out of its directory, as unlink and remove_directory do once each has looked at what it names.
    Status drop_name(Inode& directory, Entry& entry, std::string_view name);
    void lost_name(Inode& inode, std::int64_t now);
    void remove(Inode& inode);
    Result<bool> has_page(const Inode& inode, std::uint64_t index);
    Status zero_part(Inode& inode, std::uint64_t offset, std::uint64_t bytes);
    Result<Entry*> existing(Inode& directory, std::string_view name);
    Status exchange(Entry& left, Entry& right, std::int64_t now);
    Result<std::size_t> write_some(Inode& inode, std::uint64_t offset, std::span<const std::byte> from);

    Tree tree_;
    store::Store store_;
    Clock clock_;
};

} // namespace exo::files
