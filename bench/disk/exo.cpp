// The disk bench on the exokernel: a native program that owns the NVMe function or, by the word "extents", blocks of a
// shared one; by libos/block.
#include "bench/disk/device_lane.hpp"
#include "bench/disk/owned_suite.hpp"
#include "bench/exo/kernel_entries.hpp"
#include "bench/exo/program.hpp"
#include "libos/block/open_disk.hpp"
#include "libos/memory/heap.hpp"

namespace disk = bench::disk;

// As run_owned_suite.
static bool run_extent_suite(exo::block::ExtentDisk& extent, const disk::Request& request) {
    using Lane = disk::DeviceLane<exo::block::ExtentDisk>;
    auto* const lane = exo::heap_new<Lane>(extent, bench::kernel_entries);
    auto* const suite = lane ? exo::heap_new<disk::DiskSuite<Lane>>(*lane, request) : nullptr;
    bench::require(suite != nullptr, "taking memory for the suite");
    return suite->run();
}

int exo_main(const exo::StartInfo& start) {
    disk::Request request;
    for (std::uint32_t i = 1; i < start.argument_count; ++i) {
        const std::string_view word = bench::program_argument(start, i);
        if (word == "extents")
            request.subject = "extent_";
        else
            bench::require(request.take(word), "reading the arguments");
    }
    exo::block::OpenedDisk opened[1];
    bench::require(exo::block::open_disks(opened, {}) == 1, "finding a disk");
    if (!opened[0].device)
        bench::give_up("opening the disk", opened[0].problem);
    bench::require_kernel_entries_count();
    // An environment that was granted the function owns it whole.
    const bool done = start.extent_count != 0
                          ? run_extent_suite(*static_cast<exo::block::ExtentDisk*>(opened[0].device), request)
                          : disk::run_owned_suite(*static_cast<exo::block::NvmeDisk*>(opened[0].device), request,
                                                  bench::kernel_entries);
    if (done)
        return 0;
    bench::print("disk: a transfer failed, or did not end\n");
    return 1;
}
