// The sentences of problem.hpp.
#include "drivers/e1000e/problem.hpp"

namespace exo::e1000e {

const char* describe(Problem problem) {
    switch (problem) {
    case Problem::ResetTimedOut:
        return "the NIC did not come out of its reset in time";
    case Problem::NoAddress:
        return "the NIC has no address of its own";
    case Problem::BadRing:
        return "a descriptor ring of the NIC has no such size or place";
    case Problem::BadLength:
        return "the NIC says that it received more octets than there is room for, or none";
    case Problem::SplitFrame:
        return "the NIC spread a frame over several rooms, though each holds the longest";
    }
    return "unknown fault";
}

} // namespace exo::e1000e
