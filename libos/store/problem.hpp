// What operations of a store fail with; a personality maps them to its own error numbers.
#pragma once

#include <cstdint>
#include <expected>

namespace exo::store {

enum class [[nodiscard]] Problem : std::uint8_t {
    None,           // only where a last problem is asked for and there was none
    NoSpace,        // the disk is full
    NoMemory,       // no memory for the index or for pages
    TooBig,         // a record, or one change, is larger than a batch holds
    Damaged,        // what was read is not what was written
    DeviceFailed,   // the disk did not give or take data
    ReadOnly,       // the disk, or the store as it was opened, takes no changes
    TooSmall,       // the disk holds less than the least a store needs
    Unsuitable,     // the disk's blocks or transfers are of sizes that a store cannot use
    NotAStore,      // no superblock: the disk holds something else
    Newer,          // written by a later version of the format
    Shrunk,         // the disk is smaller than the store on it
    LogDamaged,     // a batch that had been acknowledged is not whole
    IndexDamaged,   // the checkpoint is not whole
    Unknown,        // a record that its keeper does not understand
    NotASet,        // several disks were given, and they are no set
    NotOfSet,       // one of the disks is of another set, or of none
    Doubled,        // two of the disks are the same member
    Diverged,       // members were changed without each other
    Incomplete,     // more members are missing than parity makes up for
    BadCode,        // a set of so many data and parity disks cannot be
    UnknownFeature, // the superblock names a feature that is not known here
};

// In words, for one sentence to a user: "the disk is full".
const char* problem_text(Problem problem);

template <typename T>
using Result = std::expected<T, Problem>;
using Status = std::expected<void, Problem>;

constexpr std::unexpected<Problem> fail(Problem problem) {
    return std::unexpected<Problem>(problem);
}

} // namespace exo::store
