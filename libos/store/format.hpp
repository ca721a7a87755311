// The store on disk: facts only; the reasons are in docs/decisions/0013-store-format.md. Everything is little-endian,
// and places are counted in sectors of 512 octets. A disk is: the first superblock in its first page; segments from
// segments_begin on; the second superblock in its last whole page. Segments hold batches, one behind the other: a
// header, records, zeroes up to the disk's next block, pages.
//
// A store over several disks (a set) is the same thing on a disk that does not exist: its blocks are pages, its rows
// are k pages, one on each of k members, with m pages of parity on m others. A batch begins and ends with a row, so a
// row is written once. Row r, counted from segments_begin, is page r of every member's segments; in segment s, column c
// of its rows is on member (c + s) mod (k + m), columns from k on being parity. Superblocks are on every member; a
// label beside them says which member of which set it is.
#pragma once

#include <cstdint>

namespace exo::store {

inline constexpr std::uint32_t page_bytes = 4096;
inline constexpr std::uint32_t sector_bytes = 512;
inline constexpr std::uint32_t page_sectors = page_bytes / sector_bytes;
inline constexpr std::uint32_t format_version = 3;
inline constexpr std::uint32_t format_version_plain = 2;  // of a store that has none of the features
inline constexpr std::uint32_t format_version_oldest = 1; // without sets, of which it has none
inline constexpr std::uint64_t segments_begin_bytes = 64 * 1024;
inline constexpr std::uint32_t segment_bytes_min = 1u << 20;
inline constexpr std::uint32_t segment_bytes_max = 8u << 20;
inline constexpr std::uint32_t segments_min = 16;
inline constexpr std::uint32_t segments_max = 1u << 20;

// A header and its records, with padding, are at most this; with its pages a batch is at most segment_bytes_min.
inline constexpr std::uint32_t batch_meta_bytes_max = 64 * 1024;
inline constexpr std::uint32_t batch_pages_max = (segment_bytes_min - batch_meta_bytes_max) / page_bytes;

inline constexpr char superblock_magic[8] = {'E', 'X', 'O', 'S', 'T', 'O', 'R', 'E'};

// Where a chain of batches begins. A chain goes on in its segment until a batch does not fit, and then in the segment
// that the batches before named as the next.
struct ChainStart {
    std::uint64_t sector;           // of the first batch
    std::uint64_t sequence;         // of the first batch
    std::uint64_t segment_sequence; // of its segment; one more in each further segment
    std::uint32_t segment;
    std::uint32_t next_segment;
};
static_assert(sizeof(ChainStart) == 32);

// What a store may have beyond the plain format; one with a bit that is not here is not opened.
namespace feature {
inline constexpr std::uint32_t packed = 1u << 0; // pages that are moved may be compressed
inline constexpr std::uint32_t known = packed;
} // namespace feature

// A checkpoint's sequence numbers begin with its generation, so many bits up.
inline constexpr unsigned generation_shift = 24;

// Both copies hold the same; the one with the higher generation counts.
struct Superblock {
    char magic[8];
    std::uint32_t version;
    std::uint32_t crc32c; // of the 512 octets, with zero here
    std::uint8_t uuid[16];
    std::uint64_t generation;
    std::uint64_t salt;       // seeds every checksum
    std::uint64_t disk_bytes; // whole pages; the second superblock is in the last
    std::uint32_t segment_bytes;
    std::uint32_t segment_count;
    ChainStart checkpoint[2];         // two copies of the index as it was before the log
    std::uint64_t checkpoint_batches; // in each copy
    ChainStart log;
    std::uint64_t written_ns; // UTC
    char label[32];           // padded with zeroes
    std::uint16_t data_disks; // k of a set; 0: one disk alone
    std::uint16_t parity_disks;
    std::uint32_t features; // of feature::
    std::uint8_t zero[512 - 216];
};
static_assert(sizeof(Superblock) == 512);

inline constexpr char label_magic[8] = {'E', 'X', 'O', 'M', 'E', 'M', 'B', 'R'};
inline constexpr std::uint64_t label_byte =
    page_bytes; // of the first copy; the second is in the disk's last whole page
inline constexpr std::uint32_t members_max = 20;

// On each member of a set, twice. An epoch is a time in which the same members were written to.
struct MemberLabel {
    char magic[8];
    std::uint32_t version;
    std::uint32_t crc32c;  // of the 512 octets, with zero here
    std::uint8_t uuid[16]; // of the store
    std::uint16_t data_disks, parity_disks;
    std::uint16_t index; // of this member
    std::uint16_t zeroes;
    std::uint64_t member_bytes; // used of each member, whole pages; the second superblock is in the last but one
    std::uint32_t epoch;
    std::uint32_t present;              // bits: members that are written to in this epoch
    std::uint32_t joined[members_max];  // the first epoch since when a member has had everything
    std::uint32_t dropped[members_max]; // the last epoch that began because a member was missing; 0: none
    std::uint8_t zero[512 - 216];
};
static_assert(sizeof(MemberLabel) == 512);

enum class BatchKind : std::uint16_t { Log = 1, Checkpoint = 2 };

inline constexpr std::uint64_t batch_magic = 0x4843544142534f58; // "XOSBATCH"; on disk exclusive-or salt

struct BatchHeader {
    std::uint64_t magic;
    std::uint64_t sequence; // one more than that of the batch before
    std::uint64_t segment_sequence;
    std::uint64_t sector; // the header's own place
    std::uint32_t record_bytes;
    std::uint32_t page_count;
    std::uint32_t next_segment;
    std::uint16_t kind; // BatchKind
    std::uint16_t zero;
    std::uint32_t zeroes[2];
    std::uint32_t records_crc32c; // of all records together, so that none is left from another batch
    std::uint32_t crc32c;         // of the 60 octets before
};
static_assert(sizeof(BatchHeader) == 64);

enum class RecordType : std::uint8_t {
    Map = 1,    // MapRecord: pages of an object are here now
    Drop = 2,   // DropRecord: pages of an object are gone
    Keeper = 3, // of the store's keeper: the store does not look inside
    Packed = 4, // MapRecord of object and index 0: pages of streams, with their checksums
    Stream = 5, // StreamEntry, one or more: pages of objects are compressed there, in pages that a record before named
};

// Records begin at multiples of 8 octets from the header's end.
struct RecordHeader {
    std::uint32_t crc32c; // of the octets after this field, payload included; seeded with the batch's salt and sequence
    std::uint16_t bytes;  // of the payload behind
    std::uint8_t type;    // RecordType
    std::uint8_t zero;
};
static_assert(sizeof(RecordHeader) == 8);
inline constexpr std::uint32_t record_bytes_max = 8192; // payload of a keeper's record

// `count` pages of an object from `index` on, neighbours on disk; behind it as many checksums (page_checksum).
struct MapRecord {
    std::uint64_t object;
    std::uint64_t index;
    std::uint64_t sector;
    std::uint64_t count;
};
inline constexpr std::uint32_t map_run_max = 256;

// `count` pages of an object from `index` on.
struct DropRecord {
    std::uint64_t object;
    std::uint64_t index;
    std::uint64_t count;
};

// A page of an object as raw DEFLATE (RFC 1951) of page_bytes octets, at octet `offset` of the page at `sector`; what
// does not fit there is at the beginning of the page behind it.
struct StreamEntry {
    std::uint64_t object;
    std::uint64_t index;
    std::uint64_t sector;
    std::uint16_t offset;
    std::uint16_t bytes; // at most stream_bytes_max
    std::uint32_t zero;
};
static_assert(sizeof(StreamEntry) == 32);
inline constexpr std::uint32_t stream_bytes_max = page_bytes * 3 / 4; // what saves less is not compressed
inline constexpr std::uint32_t stream_entries_max = 128;              // in a record

} // namespace exo::store
