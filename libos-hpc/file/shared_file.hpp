// The pages of one file that is mapped shared, and where they are mapped. Private to mapped_files.cpp and
// shared_file.cpp, and used under one lock.
#pragma once

#include "libos-hpc/file/file.hpp"
#include "libos-hpc/object/array.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo::hpc {

// Pages of the file that are neighbours in memory.
struct SharedRun {
    std::uint64_t first, count; // pages of the file
    std::uint64_t frame;        // of the first

    std::uint64_t end() const { return first + count; }
};

// A stretch of the address space that shows pages of the file.
struct SharedRange {
    std::uint64_t begin, end; // addresses
    std::uint64_t first;      // page of the file at `begin`

    std::uint64_t page_at(std::uint64_t address) const { return first + (address - begin) / page_bytes; }
    std::uint64_t page_end() const { return page_at(end); }
};

struct SharedFile {
    FileIdentity identity;
    Ref<File> file;        // one that is writable, if any mapped one was
    Array<SharedRun> runs; // by page, apart
    Array<SharedRange> ranges;

    // Makes sure that there are frames for pages [first, end), with what the file holds. Errors: NOMEM, as reading.
    Done bring_in(std::uint64_t first, std::uint64_t end);
    // Writes pages that differ from the file, as far as it reaches, to it. No effect if nobody may write.
    Done write_back(std::uint64_t first, std::uint64_t end);
    // Reads all pages again.
    Done reload();
    // Frees the runs that no range shows.
    void drop_unused();
    // What there is in memory of the file from `offset` on: into what was read, or as it was written.
    void copy_out(std::uint64_t offset, ReadBuffer into) const;
    void copy_in(std::uint64_t offset, WriteBuffer from);

private:
    template <typename Visit>
    void each_piece(std::uint64_t offset, std::uint64_t bytes, Visit&& visit) const;
};

} // namespace exo::hpc
