// A file-system object (what a path leads to), whatever file system it is in. Directories look names up and change
// them; files are opened into something that reads and writes at offsets. Every operation is safe from several threads
// and may block. What a file system does not do, it refuses by not overriding it. Open files: file.hpp.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos-hpc/linux/files.hpp"
#include "libos-hpc/object/ref.hpp"

#include <span>
#include <string_view>

namespace exo::hpc {

namespace linux_abi = exo::linux_abi;
using linux_abi::Timespec;

struct Attributes {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t links = 1;
    std::uint32_t mode = 0; // type and permissions
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint64_t special_device = 0;
    std::uint64_t bytes = 0;
    std::uint64_t block_bytes = 4096;
    std::uint64_t blocks = 0; // of 512 bytes
    Timespec accessed{}, modified{}, changed{};
};

// Which attributes to change. Times: a moment, or now when the nanoseconds are utime::now.
struct AttributeChange {
    bool set_mode = false, set_user = false, set_group = false, set_bytes = false;
    bool set_accessed = false, set_modified = false;
    std::uint32_t mode = 0, user = 0, group = 0;
    std::uint64_t bytes = 0;
    Timespec accessed{}, modified{};
};

struct FileSystemInfo {
    std::int64_t type = 0; // linux_abi::file_system::
    std::uint64_t block_bytes = 4096;
    std::uint64_t blocks = 0, blocks_free = 0;
    std::uint64_t files = 0, files_free = 0;
    bool read_only = false;
};

// One name of a directory listing; `next` continues the listing after it.
struct DirectoryItem {
    std::string_view name;
    std::uint64_t inode;
    std::uint8_t type; // mode >> 12
    std::uint64_t next;
};
class DirectorySink {
public:
    // False: this item did not fit, stop before it.
    virtual bool take(const DirectoryItem& item) = 0;

protected:
    ~DirectorySink() = default;
};

class BlockDevice;
class File;
class Node;
class Place;
enum class RemoveKind : std::uint8_t { File, Directory };

struct CreateSpec {
    std::string_view name;
    std::uint32_t mode; // permissions, the umask applied
};

class Node : public Counted {
public:
    // The type bits of the mode; never changes.
    virtual std::uint32_t type() const = 0;
    virtual Outcome<Attributes> attributes() = 0;
    virtual Done change(const AttributeChange&) { return fail(Errno::ROFS); }
    virtual FileSystemInfo file_system() = 0;
    // Says which file system it is in: only nodes of one volume can be linked or renamed into each other.
    virtual const void* volume() const { return nullptr; }

    // Directories.
    virtual Outcome<Ref<Node>> lookup(std::string_view) { return fail(Errno::NOTDIR); }
    virtual Outcome<Ref<Node>> create(const CreateSpec&) { return fail(Errno::ROFS); }
    // A file without a name in this directory's file system, that `link` may give one if it may get one.
    virtual Outcome<Ref<Node>> create_unnamed(std::uint32_t /*mode*/, bool /*may_get_name*/) {
        return fail(Errno::OPNOTSUPP);
    }
    virtual Done make_directory(const CreateSpec&) { return fail(Errno::ROFS); }
    virtual Done make_symlink(std::string_view /*name*/, std::string_view /*target*/) { return fail(Errno::ROFS); }
    virtual Done link(std::string_view /*name*/, Node& /*existing*/) { return fail(Errno::ROFS); }
    virtual Done remove(std::string_view, RemoveKind) { return fail(Errno::ROFS); }
    virtual Done rename(std::string_view /*name*/, Node& /*new_directory*/, std::string_view /*new_name*/,
                        std::uint32_t /*flags*/) {
        return fail(Errno::ROFS);
    }
    // Items from `position` on, without "." and ".."; positions count from 0.
    virtual Done list(std::uint64_t /*position*/, DirectorySink&) { return fail(Errno::NOTDIR); }

    // Symbolic links: as much of the target as fits.
    virtual Outcome<std::size_t> read_link(std::span<char>) { return fail(Errno::INVAL); }
    // Of one that leads to something open, whatever its name is by now: there. Empty: where its target says.
    virtual Ref<Place> leads_to();

    // What reads and writes with the given flags: often the node itself. Truncation has been done already.
    virtual Outcome<Ref<Node>> open(std::uint32_t /*flags*/) { return Ref<Node>(this); }
    // For nodes that open into something else than a file with offsets; empty: an ordinary one.
    virtual Outcome<Ref<File>> open_stream(std::uint32_t flags);
    virtual Outcome<std::size_t> read_at(std::uint64_t /*offset*/, std::span<std::byte>) { return fail(Errno::INVAL); }
    virtual Outcome<std::size_t> write_at(std::uint64_t /*offset*/, std::span<const std::byte>) {
        return fail(Errno::BADF);
    }
    // At the end of the file, wherever that is by then.
    struct Appended {
        std::size_t bytes;
        std::uint64_t end; // of the file, afterwards
    };
    virtual Outcome<Appended> append(std::span<const std::byte>);
    // What SEEK_END counts from: the size, unless it is a device's.
    virtual Outcome<std::uint64_t> seek_end();
    // First byte at or after `offset` that is data, or is in a hole. Errors: NXIO (none: end of file).
    virtual Outcome<std::uint64_t> seek_data(std::uint64_t offset);
    virtual Outcome<std::uint64_t> seek_hole(std::uint64_t offset);
    // Zeroes and deallocates, or makes room for, a range. Errors: OPNOTSUPP.
    virtual Done punch_hole(std::uint64_t /*offset*/, std::uint64_t /*bytes*/) { return fail(Errno::OPNOTSUPP); }
    virtual Done reserve(std::uint64_t /*offset*/, std::uint64_t /*bytes*/) { return fail(Errno::OPNOTSUPP); }
    // Zeroes a range that takes room. Errors: OPNOTSUPP.
    virtual Done zero_range(std::uint64_t /*offset*/, std::uint64_t /*bytes*/) { return fail(Errno::OPNOTSUPP); }
    // What was changed in this file so far is where it survives the machine.
    virtual Done sync() { return {}; }
    // Offsets and lengths of O_DIRECT are multiples of that.
    virtual std::uint32_t direct_bytes() const { return 1; }
    // What an open node of type mode::block reads and writes.
    virtual BlockDevice* block_device() { return nullptr; }
    // True when reading gives other bytes each time, so that nobody should trust the size.
    virtual bool generated() const { return false; }
};

} // namespace exo::hpc
