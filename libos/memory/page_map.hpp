// What is mapped: a mirror of the environment's page tables in its own memory, since the tables themselves are not
// readable from user mode. Every change goes through here to the kernel as batched bind rows. A node of the mirror
// stands for one donated table. Knows nothing of regions or rights: callers say them. Not locked; the address space
// owns the only one.
#pragma once

#include "libos/memory/kernel_tables.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

// A page as the mirror knows it.
struct MappedPage {
    std::uint64_t address; // of its first byte
    std::uint64_t frame;
    unsigned order; // 0, 9 or 18: 4 KiB, 2 MiB, 1 GiB
    bool shared;    // copy-on-write: the frame has a reference count
    bool foreign;   // not to be freed: device registers and frames of the caller

    std::uint64_t bytes() const { return page_bytes << order; }
};

struct PageCounts {
    std::uint64_t pages[3]; // 4 KiB, 2 MiB, 1 GiB
    std::uint64_t tables;   // pairs donated and not taken back

    std::uint64_t mapped_bytes() const {
        return (pages[0] + pages[1] * frames_per_large + pages[2] * frames_per_huge) * page_bytes;
    }
};

class PageMap {
public:
    // Errors: TableFull.
    Status open(KernelTables& kernel);

    struct Attributes {
        Rights rights = 0;
        bool shared = false;
        bool foreign = false;
    };
    // `count` pages of 2^order frames, from `frame` on, where nothing is mapped.
    // Errors: TableFull (no frames for tables; nothing changed), or the kernel's.
    Status map(std::uint64_t address, std::uint64_t frame, unsigned order, std::uint64_t count, Attributes attributes);
    // Register pages of a function, as BindKind::Bar names them.
    Status map_device(std::uint64_t address, Handle function, std::uint64_t resource, std::uint64_t count,
                      Rights rights);
    // Records pages of 2^order frames that the starter mapped, and the tables above them.
    Status adopt(std::uint64_t address, std::uint64_t frame, unsigned order, std::uint64_t count);

    // The first mapped page that ends after `address` and begins before `end`.
    bool next(std::uint64_t address, std::uint64_t end, MappedPage* page) const;
    bool find(std::uint64_t address, MappedPage* page) const { return next(address, address + 1, page); }
    // Makes `address` a border between pages, if a large page lies across it; rights are those it has.
    // Errors: TableFull (nothing changed).
    Status split(std::uint64_t address, Rights rights);

    // Unmaps the range, whose edges are borders. Each run of frames that is not foreign is handed to `released`, after
    // the kernel has unmapped it.
    using Released = void (*)(std::uint64_t first_frame, std::uint64_t count, bool shared);
    Status unmap(std::uint64_t begin, std::uint64_t end, Released released);
    // New rights for everything mapped in the range, whose edges are borders; shared pages are not made writable.
    Status protect(std::uint64_t begin, std::uint64_t end, Rights rights);
    // The same in one row, for a range that is likely mapped without gaps and has no shared pages. Errors: as the
    // kernel says; then some of it may have changed, and protect is to be used.
    Status protect_whole(std::uint64_t begin, std::uint64_t end, Rights rights);
    // Moves the mappings of [from, from + bytes), whose edges are borders, to `to`, where nothing is mapped. 2 MiB
    // pages that do not fit there become small ones. Errors: TableFull (some may have moved; call again).
    Status move(std::uint64_t from, std::uint64_t to, std::uint64_t bytes, Rights rights);
    // Register windows are bound and unbound whole.
    Status unmap_device(std::uint64_t address, Handle function, std::uint64_t count);
    // The kernel has taken the pages of a range, whose edges are borders: they are not mapped any more.
    void forget(std::uint64_t begin, std::uint64_t end);
    // Marks one 4 KiB page as shared or not; what the kernel has is the caller's to change.
    void set_shared(std::uint64_t address, bool shared);

    const PageCounts& counts() const { return counts_; }

private:
    // Of a node or a page: frame number << 12 | flags; a node is named by the frame it lies in.
    using Entry = std::uint64_t;
    struct Batch;

    Entry* walk(std::uint64_t address, unsigned* level) const;
    Result<Entry*> make_path(std::uint64_t address, unsigned level, bool exists = false);
    Status remove_empty_node(std::uint64_t address, unsigned level, Entry* entry);
    Entry* child(Entry entry, std::uint64_t address, unsigned level) const;

    KernelTables* kernel_ = nullptr;
    std::uint64_t root_ = 0; // frame of the level 4 node
    PageCounts counts_{};
};

} // namespace exo
