// Extents: runs of blocks of a disk that the kernel shares out, and the memory that it shares with an extent's owner.
// An owner has one queue pair of the controller, which only the kernel writes to. It puts commands into a ring in its
// own frames, calls `submit` once for as many as it likes, and reads completions where the controller puts them: in the
// pair's completion queue, mapped read only. Data go straight between the disk and frames in the owner's window.
//
// The ring is extent_ring_pages frames of the owner. Both sides write; what the owner writes is a claim, which the
// kernel reads once into its own memory and checks there: changing it afterwards changes nothing.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

inline constexpr unsigned extent_block_bits = 48;
// `first` of an Extent capability. Block numbers are the namespace's.
constexpr std::uint64_t extent_first(std::uint64_t function, std::uint64_t block) {
    return function << extent_block_bits | block;
}

// Of one queue pair. Commands out at a time: one less than its entries, since equal indices mean an empty queue.
inline constexpr std::uint16_t extent_queue_entries = 64;
inline constexpr std::uint16_t extent_tags = extent_queue_entries - 1;
inline constexpr std::uint16_t extent_completions = 2 * extent_queue_entries;
inline constexpr std::size_t extents_per_ring = 8;
// The owner's window on its own frames: what the disk can reach of it.
inline constexpr std::uint32_t extent_window_pages = 4096;
inline constexpr std::uint64_t extent_window_bytes = extent_window_pages * page_bytes;
// Pages that one command may name in any order; more only as a run.
inline constexpr std::size_t extent_pages_listed = 32;
inline constexpr std::uint16_t extent_pages_max = 128;

// A shared disk has up to so many queue pairs. Of each: a submission queue, a completion queue with ranges to trim
// behind, tables of pages; and three kinds of books that the kernel alone reaches.
inline constexpr std::uint16_t disk_pairs_max = 16;
inline constexpr std::uint64_t disk_tables_bytes = 1024; // of one command
inline constexpr std::uint64_t disk_pair_device_frames = 2 + extent_queue_entries * disk_tables_bytes / page_bytes;
inline constexpr std::uint64_t disk_pair_book_frames = 1 + 2 + 1;
constexpr std::uint64_t disk_frames(std::uint64_t pairs) {
    return pairs * (disk_pair_device_frames + disk_pair_book_frames);
}

// How a disk is shared. Its owner has reset the controller, and created the queue pairs first_pair, first_pair + 1, ...
// with extent_queue_entries and extent_completions entries in the first frames given: pair i at
// device_address + i * disk_pair_device_frames * page_bytes, where its DMA domain shows those frames to the controller;
// the completion queue one page behind, raising interrupt vector number first_pair + i. The domain has all tables, and
// no page yet, for the windows of the pairs: extent_window_bytes each from window_address on.
struct DiskSpec {
    std::uint64_t device_address;
    std::uint64_t window_address;
    std::uint64_t blocks; // of the namespace
    std::uint32_t name_space;
    std::uint32_t transfer_bytes_max; // of one command, a multiple of 4096 up to extent_pages_max pages
    std::uint16_t first_pair;         // at least 1
    std::uint16_t pairs;              // 1 to disk_pairs_max
    std::uint8_t block_shift;         // 9 to 12
    std::uint8_t offers;              // of extent_offer::, for the owners of extents
    std::uint16_t reserved;           // 0
};
static_assert(sizeof(DiskSpec) == 40);

namespace extent_offer {
inline constexpr std::uint8_t volatile_cache = 1u << 0;
inline constexpr std::uint8_t trim = 1u << 1;
inline constexpr std::uint8_t trimmed_reads_zero = 1u << 2;
inline constexpr std::uint8_t write_zeroes = 1u << 3;
} // namespace extent_offer

enum class ExtentOperation : std::uint8_t { Flush = 0, Write = 1, Read = 2, Zero = 3, Trim = 4 };

namespace extent_flag {
inline constexpr std::uint8_t force_unit_access = 1u << 0; // Write
inline constexpr std::uint8_t listed = 1u << 1; // pages behind the first are those of ExtentRing::pages, not a run
inline constexpr std::uint8_t all = (1u << 2) - 1;
} // namespace extent_flag

// One command. Flush names an extent and nothing else; Zero and Trim name no memory.
struct ExtentEntry {
    ExtentOperation operation;
    std::uint8_t flags;     // of extent_flag::
    std::uint16_t tag;      // below extent_tags, of no command that is out; names the completion
    std::uint16_t extent;   // as the extent was bound
    std::uint16_t reserved; // 0
    std::uint32_t blocks;
    std::uint32_t offset; // of the data in the window, a multiple of 4
    std::uint64_t block;  // from the extent's first block on
};
static_assert(sizeof(ExtentEntry) == 24);

// Why an entry was not given to the disk.
enum class ExtentRefusal : std::uint8_t {
    None = 0,
    BadEntry = 1, // operation, flags, tag or reserved octets
    NoExtent = 2, // nothing is bound by that number
    NoRight = 3,
    OutOfRange = 4, // blocks outside the extent
    BadMemory = 5,  // size, alignment, or pages that are not in the window with the right that is needed
};

// How a ring is made.
struct ExtentRingSpec {
    Handle frames;             // Frames with Read and Write, of the owner
    std::uint64_t ring_frame;  // first of extent_ring_pages frames
    std::uint64_t completions; // address at which the page of the completion queue is mapped; its table is there
};

// Page 0 of a ring; the lists of pages are behind it.
struct ExtentRing {
    // The kernel's.
    std::uint32_t taken;           // entries taken so far, modulo 2^32
    std::uint32_t refused;         // of those: see refusal
    std::uint16_t completion_head; // where the owner begins to read completions, and the phase that marks a new one
    std::uint16_t completion_phase;
    std::uint8_t block_shift;
    std::uint8_t offers;
    std::uint8_t gone; // the pair is no more: nothing will complete. Bind anew
    std::uint8_t reserved;
    std::uint32_t transfer_bytes_max;
    std::uint32_t out; // commands that are with the disk, as of the last call
    std::uint64_t reserved_words[5];
    // The owner's.
    std::uint32_t given; // entries given so far, modulo 2^32; at most extent_queue_entries more than taken
    std::uint32_t reserved_given[15];
    ExtentRefusal refusal[extent_queue_entries]; // of entries that were taken
    ExtentEntry entries[extent_queue_entries];   // entry i at i modulo extent_queue_entries
};
static_assert(offsetof(ExtentRing, given) == 64);
static_assert(sizeof(ExtentRing) <= page_bytes);

inline constexpr std::uint64_t extent_lists_at = page_bytes;
using ExtentPageList = std::uint16_t[extent_pages_listed]; // of window pages; one list a tag
inline constexpr std::uint64_t extent_ring_pages = 1 + (sizeof(ExtentPageList) * extent_queue_entries) / page_bytes;

// Flags of `submit` for an extent: none, or extent_submit::sleep.
namespace extent_submit {
inline constexpr std::uint64_t sleep = 1u << 0; // the next completion signals the ring's event, once
}

} // namespace exo
