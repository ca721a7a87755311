// Interface: drive.hpp.
#include "libos-hpc/socket/drive.hpp"

namespace exo::hpc {

void drive_network() {}

bool has_network() {
    return false;
}

Done wait_driving(ChangeCounter& changed, std::uint32_t seen, std::uint64_t deadline_tsc) {
    return changed.wait(seen, deadline_tsc);
}

} // namespace exo::hpc
