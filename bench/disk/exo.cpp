// The disk bench on the exokernel: a native program that owns the NVMe function, by libos/block.
#include "bench/disk/owned_suite.hpp"
#include "bench/exo/kernel_entries.hpp"
#include "bench/exo/program.hpp"
#include "libos/block/open_disk.hpp"

namespace disk = bench::disk;

int exo_main(const exo::StartInfo& start) {
    disk::Request request;
    for (std::uint32_t i = 1; i < start.argument_count; ++i)
        bench::require(request.take(bench::program_argument(start, i)), "reading the arguments");
    exo::block::OpenedDisk opened[1];
    bench::require(exo::block::open_disks(opened, {}) == 1, "finding a disk");
    if (!opened[0].device)
        bench::give_up("opening the disk", opened[0].problem);
    bench::require_kernel_entries_count();
    // An environment that was granted the function owns it whole.
    if (disk::run_owned_suite(*static_cast<exo::block::NvmeDisk*>(opened[0].device), request, bench::kernel_entries))
        return 0;
    bench::print("disk: a transfer failed, or did not end\n");
    return 1;
}
