// See owned_suite.hpp.
#include "bench/disk/owned_suite.hpp"

#include "bench/disk/device_lane.hpp"
#include "libos/memory/heap.hpp"

namespace bench::disk {

bool run_owned_suite(exo::block::NvmeDisk& disk, const Request& request, std::uint64_t (*kernel_entries)()) {
    using Lane = DeviceLane<exo::block::NvmeDisk>;
    auto* const lane = exo::heap_new<Lane>(disk, kernel_entries);
    auto* const suite = lane ? exo::heap_new<DiskSuite<Lane>>(*lane, request) : nullptr;
    require(suite != nullptr, "taking memory for the suite");
    return suite->run();
}

} // namespace bench::disk
