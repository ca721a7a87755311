// Files that are mapped shared. All mappings of a file show the same frames, and reads and writes of the file go
// through them: whoever stores, reads or writes sees what all others did (mmap(2), MAP_SHARED). What was stored goes to
// the file at msync, fsync and sync, when the last mapping of its pages goes, and at the program's end; pages that are
// as in the file are not written. What others than this program change in a file meanwhile, on a share, is not seen.
#pragma once

#include "libos-hpc/file/file.hpp"
#include "libos/memory/address_space.hpp"

#include <optional>

namespace exo::hpc {

inline constexpr std::size_t mapped_ranges_max = 256;

struct SharedFile; // shared_file.hpp

// Fills memory that the caller has made writable with the file's bytes from `offset`; the rest stays as it is.
Done read_into_memory(File& file, std::uint64_t offset, std::uint64_t address, std::uint64_t bytes);

// Maps pages of a file, `request.bytes` from `offset` on, both multiples of a page; beyond the file's end they are
// zeroes. Returns the address. Errors: NOMEM (memory, or too many ranges), EXIST, as reading.
Outcome<std::uint64_t> map_shared_file(Ref<File> file, std::uint64_t offset, const RegionRequest& request);
// Unmaps what is mapped so in a range, and writes it back first.
Done unmap_shared_files(std::uint64_t address, std::uint64_t bytes);
// As mremap(2) of a range that begins in such a mapping; nothing when it does not.
struct Remapping {
    std::uint64_t address, old_bytes, new_bytes, target;
    AddressSpace::Move move;
};
std::optional<Outcome<std::uint64_t>> remap_shared_file(const Remapping& wanted);

// Writes back what is mapped so in a range; with `durable` it is on the medium afterwards.
Done sync_shared_files(std::uint64_t address, std::uint64_t bytes, bool durable);
// The same of all pages of a file.
Done write_back_shared(File& file);

// Around a write of a file: makes the mappings show it.
class SharedWrite {
public:
    explicit SharedWrite(File& file);
    ~SharedWrite();
    SharedWrite(const SharedWrite&) = delete;
    SharedWrite& operator=(const SharedWrite&) = delete;
    void wrote(std::uint64_t offset, WriteBuffer buffer);

private:
    SharedFile* shared_;
};

// Around anything else that changes a file's contents: truncation, holes.
class SharedChange {
public:
    explicit SharedChange(Node& node);
    ~SharedChange();
    SharedChange(const SharedChange&) = delete;
    SharedChange& operator=(const SharedChange&) = delete;

private:
    SharedFile* shared_;
};

// What was read of a file, as its mappings show it.
void show_shared(File& file, std::uint64_t offset, ReadBuffer read);

} // namespace exo::hpc
