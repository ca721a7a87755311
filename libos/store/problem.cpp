// The words of problems.
#include "libos/store/problem.hpp"

namespace exo::store {

const char* problem_text(Problem problem) {
    switch (problem) {
    case Problem::None:
        return "no problem";
    case Problem::NoSpace:
        return "the disk is full";
    case Problem::NoMemory:
        return "there is not enough memory";
    case Problem::TooBig:
        return "a change is larger than the store can make at once";
    case Problem::Damaged:
        return "a block is damaged: its checksum is wrong";
    case Problem::DeviceFailed:
        return "the disk reported an error";
    case Problem::ReadOnly:
        return "the disk is read-only";
    case Problem::TooSmall:
        return "the disk is too small for a store";
    case Problem::Unsuitable:
        return "the disk's block or transfer size is unsuitable";
    case Problem::NotAStore:
        return "the disk holds no store";
    case Problem::Newer:
        return "the store was written by a newer version";
    case Problem::UnknownFeature:
        return "the store has a feature that this version does not know";
    case Problem::Shrunk:
        return "the disk is smaller than the store on it";
    case Problem::LogDamaged:
        return "the log is damaged: something that had been written is missing";
    case Problem::IndexDamaged:
        return "the index is damaged beyond what its copies can repair";
    case Problem::Unknown:
        return "the store holds records of an unknown kind";
    case Problem::NotASet:
        return "the disks are not a set: none of them says so";
    case Problem::NotOfSet:
        return "one of the disks does not belong to the set of the others";
    case Problem::Doubled:
        return "two of the disks say that they are the same member of the set";
    case Problem::Diverged:
        return "the disks of the set were changed without each other, and hold different things";
    case Problem::Incomplete:
        return "more disks of the set are missing than its parity makes up for";
    case Problem::BadCode:
        return "a set has 1 to 16 data disks and 1 to 4 parity disks, and is given all of them";
    }
    return "an unknown problem";
}

} // namespace exo::store
