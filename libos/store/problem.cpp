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
    case Problem::Shrunk:
        return "the disk is smaller than the store on it";
    case Problem::LogDamaged:
        return "the log is damaged: something that had been written is missing";
    case Problem::IndexDamaged:
        return "the index is damaged beyond what its copies can repair";
    case Problem::Unknown:
        return "the store holds records of an unknown kind";
    }
    return "an unknown problem";
}

} // namespace exo::store
