// What is mapped: a mirror of the environment's page tables in its own memory, since the tables themselves are not
// readable from user mode. Every change goes through here to the kernel as batched bind rows. A node of the mirror stands
// for one donated table. Not locked; the address space owns the only one.
#pragma once

#include "libos/memory/kernel_tables.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

// A page as the mirror knows it.
struct MappedPage {
    std::uint64_t address; // of its first byte
    std::uint64_t frame;
    unsigned order; // order_4k, order_2m, order_1g
    bool shared;    // copy-on-write: the frame has a reference count
    bool foreign;   // not to be freed: device registers and frames of the caller
};

struct PageCounts {
    std::uint64_t pages[3]; // 4 KiB, 2 MiB, 1 GiB
    std::uint64_t tables;
};

class PageMap {
public:
    Status open(KernelTables& kernel);

    // `count` pages of 2^order frames from `frame` on. Errors: TableFull (no frames for tables), Occupied.
    struct Attributes {
        Rights rights;
        bool shared = false;
        bool foreign = false;
    };
    Status map(std::uint64_t address, std::uint64_t frame, unsigned order, std::uint64_t count, Attributes attributes);
    // Records pages and tables that exist already.
    Status adopt(std::uint64_t address, std::uint64_t frame, std::uint64_t count);
    Status map_device(std::uint64_t address, Handle function, std::uint64_t resource, std::uint64_t count, Rights rights);

    // The first mapped page at or after `address` and before `end`.
    bool next(std::uint64_t address, std::uint64_t end, MappedPage* page) const;
    bool find(std::uint64_t address, MappedPage* page) const;

    // Unmaps everything in the range; large pages at its edges are split first. Each run of frames that is not foreign
    // is handed to `released` after the kernel has unmapped it. Errors: TableFull (a split found no frames).
    using Released = void (*)(void* context, std::uint64_t first_frame, std::uint64_t count, bool shared);
    Status unmap(std::uint64_t begin, std::uint64_t end, Released released, void* context);
    // New rights for everything in the range that is mapped. `write_shared` is false for copy-on-write pages.
    Status protect(std::uint64_t begin, std::uint64_t end, Rights rights);
    // Moves all mappings of [from, from + bytes) to `to`, which is empty.
    Status move(std::uint64_t from, std::uint64_t to, std::uint64_t bytes, Rights rights);
    // Marks everything in the range as shared and takes its right to write away.
    Status share(std::uint64_t begin, std::uint64_t end, Rights rights);

    const PageCounts& counts() const { return counts_; }

private:
    // A mirror entry: frame number << 12 | flags; a node is named by its own frame number.
    using Entry = std::uint64_t;
    struct Place {
        Entry* entry;
        unsigned level; // 1 to 4
    };
    Place walk(std::uint64_t address) const;
    Result<Entry*> make_path(std::uint64_t address, unsigned level);
    Status split(std::uint64_t address);
    Status split_edges(std::uint64_t begin, std::uint64_t end);

    KernelTables* kernel_ = nullptr;
    Entry* root_ = nullptr;
    PageCounts counts_{};
};

} // namespace exo
