// How much of a machine's life passed before its kernel's first instruction. The same
// machine is started once more with a PVH kernel that does nothing but report the TSC,
// which counts from reset: what it reports is the firmware's share.
#pragma once

#include "bench/harness/system.hpp"

namespace bench {

std::expected<double, std::string> firmware_cycles(System& system, const Job& job, const RunMode& mode);

} // namespace bench
