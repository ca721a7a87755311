// The records of the journal: facts of the format. A unit is a length of eight octets and that many octets of records;
// it is found whole after a crash or not at all, begins at a multiple of eight octets, and a length of 0 ends the
// journal. Numbers are little-endian.
//
// What comes of a command is recorded (Put, Erase) where that is short or cannot be had in another way, else the
// request, which is run again (Run). A snapshot is part of the journal: between its two marks every key that was there
// at the first is put, in the order of hashes, while commands go on. A record about keys that the snapshot had not
// come to is marked `ahead`: who begins at the snapshot skips it, since the key will be put as it is then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exo::kv {

enum class RecordKind : std::uint8_t {
    Put = 1,           // a key has this value and expiry
    Erase = 2,         // a key is gone
    Run = 3,           // a request ran
    SnapshotBegin = 4, // behind it: how many keys each database has, 8 octets each
    SnapshotEnd = 5,
};

enum class ValueForm : std::uint8_t {
    Number = 1, // a string that is a whole number, of 8 octets
    String = 2,
    EditedString = 3, // one that was changed in place
    Object = 4,       // as in dumps, without their ends
};

namespace record_flag {
inline constexpr std::uint8_t ahead = 1;   // about keys that the snapshot under way had not come to
inline constexpr std::uint8_t scanned = 2; // Put: by a snapshot; nothing had changed
inline constexpr std::uint8_t retry = 4;   // Run: of a command that had waited, for the key that is named
inline constexpr std::uint8_t all = ahead | scanned | retry;
} // namespace record_flag

struct RecordHeader {
    std::uint8_t kind;
    std::uint8_t database;
    std::uint8_t flags;
    std::uint8_t form;         // ValueForm of Put, else 0
    std::uint32_t key_octets;  // behind this header; of Run: of the key that a command had waited for
    std::uint64_t more_octets; // behind the key: the value; the arguments, each behind its length in 4 octets; counts
    std::int64_t moment_ms;    // since 1970: expiry, or never_expires; of Run: the clock that the command saw
};
static_assert(sizeof(RecordHeader) == 24);

inline constexpr std::size_t unit_length_octets = 8;

// Of the superblock: what is on the disk, for who looks at it from outside.
inline constexpr std::string_view volume_label = "keys of exo kv";

} // namespace exo::kv
