// Which program owns which blocks of a shared disk, kept on the disk itself: two copies of one page, written in turn,
// each with a sequence number and a CRC32C, so that a cut in the middle of writing one leaves the other. Pure: pages
// in, pages out; disk_commands.cpp moves them. Tested on the host: a page that was read is a claim.
#pragma once

#include "secure-bindings/abi/types.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace exo::steward {

// Copy i lies at octet i * catalogue_bytes of the disk. Extents begin behind both, at a multiple of extent_alignment.
inline constexpr std::size_t catalogue_bytes = 4096;
inline constexpr std::uint64_t extents_at = 64 * 1024;
inline constexpr std::uint64_t extent_alignment = 4096; // octets, of beginnings and lengths
inline constexpr std::size_t extent_name_max = 39;
inline constexpr std::size_t catalogue_entries_max = 63;

enum class ExtentState : std::uint32_t {
    Unclean = 1, // its blocks may hold what an earlier owner wrote: nobody is given it
    Ready = 2,
};

struct CatalogueEntry {
    char name[extent_name_max + 1]; // of the owner, NUL behind
    std::uint64_t first;            // blocks
    std::uint64_t count;
    ExtentState state;
    std::uint32_t reserved;
};
static_assert(sizeof(CatalogueEntry) == 64);

struct CataloguePage {
    char magic[8];
    std::uint32_t version;
    std::uint32_t crc32c; // of the page, with zero here
    std::uint64_t sequence;
    std::uint64_t blocks; // of the disk
    std::uint32_t block_bytes;
    std::uint32_t count;
    std::uint64_t reserved[3];
    CatalogueEntry entries[catalogue_entries_max];
};
static_assert(sizeof(CataloguePage) == catalogue_bytes);
static_assert(offsetof(CataloguePage, entries) <= 512);

class Catalogue {
public:
    // What the disk's two copies say; a disk of zeroes has an empty catalogue. Null, or what is wrong in one sentence
    // without its full stop; then nothing may be written.
    const char* open(std::span<const CataloguePage, 2> copies, std::uint64_t blocks, std::uint32_t block_bytes);

    // There is none on the disk yet: it is to be written, empty, before anything is added. That is one sector of 512
    // octets and zeroes where zeroes are, so a cut in the middle leaves all of it or a disk that is blank.
    bool is_new() const { return page_.sequence == 0; }

    std::span<const CatalogueEntry> entries() const { return {page_.entries, page_.count}; }
    // The owner's entry; null: it has none.
    const CatalogueEntry* find(std::string_view name) const;
    // A new entry of `bytes` octets, rounded up (0: the largest free run), Unclean. Null, or what is wrong.
    const char* add(std::string_view name, std::uint64_t bytes);
    void set_ready(std::string_view name);
    // False: there is none.
    bool remove(std::string_view name);

    // The page to be written next, and to which copy.
    const CataloguePage& seal();
    std::size_t copy() const { return page_.sequence % 2; }

private:
    CatalogueEntry* entry(std::string_view name);
    // The lowest free run of at least `least` blocks; of all, the largest, when `least` is 0. Count 0: none.
    struct Run {
        std::uint64_t first, count;
    };
    Run free_run(std::uint64_t least) const;

    CataloguePage page_{};
};

} // namespace exo::steward
