// The sentences of problem.hpp.
#include "drivers/nvme/problem.hpp"

namespace exo::nvme {

const char* describe(Problem problem) {
    switch (problem) {
    case Problem::NotNvm:
        return "the controller does not take the NVM command set";
    case Problem::PageSize:
        return "the controller does not work with pages of 4 KiB";
    case Problem::ResetTimedOut:
        return "the controller did not come out of its reset in time";
    case Problem::StartTimedOut:
        return "the controller did not become ready in time";
    case Problem::Fatal:
        return "the controller says that it has failed";
    case Problem::CommandTimedOut:
        return "the controller did not answer a command in time";
    case Problem::CommandFailed:
        return "the controller refused a command of its set-up";
    case Problem::NoQueues:
        return "the controller has no queue left";
    case Problem::BadQueue:
        return "a queue of the controller has no such size or place";
    case Problem::BadNamespace:
        return "the disk has blocks of a size or kind that this driver does not use";
    case Problem::UnknownCommand:
        return "the controller completed a command that it was not given";
    }
    return "unknown fault";
}

} // namespace exo::nvme
