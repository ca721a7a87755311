// Disks that the kernel shares out among the programs. The steward owns the controller's function and runs its control
// half, with one queue pair of its own for the catalogue; the other pairs are handed to the kernel, which lends one to
// each owner of an extent. All of it before any program starts.
#pragma once

#include "drivers/nvme/controller.hpp"
#include "secure-bindings/abi/extent.hpp"
#include "steward/catalogue.hpp"
#include "steward/manifest.hpp"
#include "steward/memory.hpp"

#include <expected>

namespace exo::steward {

// Pairs to be lent, as far as the controller has them: owners of extents of one disk at a time.
inline constexpr std::uint16_t lent_pairs = 8;
// Memory of a shared disk: what its controller reaches of the steward, the pairs and their books, tables of the domain.
inline constexpr std::uint64_t shared_disk_frames = 512;

struct DiskPlan {
    std::uint32_t function; // in the device info page
    FrameRun memory;        // shared_disk_frames
};

// An extent for a program, by the steward's name.
struct GivenExtent {
    Handle handle;
    std::uint64_t count; // blocks
};

// Errors are one sentence without its full stop.
class SharedDisk {
public:
    // Brings the controller up, hands its pairs to the kernel and reads the catalogue. `functions`: the root
    // capability; `number`: of the disks of this machine, below shared_disks_max. Null, or what went wrong.
    const char* open(Handle functions, const DiskPlan& plan, std::size_t number);
    // The extent of a program; made, and cleaned, when it has none. `bytes`: 0: what it has, or all that is left.
    std::expected<GivenExtent, const char*> extent(std::string_view owner, std::uint64_t bytes);
    // Gives a program's blocks up. Null, or what went wrong.
    const char* remove(std::string_view owner);
    std::uint32_t block_bytes() const { return name_space_.block_bytes; }

private:
    const char* map_memory();
    const char* make_domain();
    const char* start_controller();
    const char* lend_pairs();
    const char* load();
    const char* save();
    // Makes blocks read as zeroes, by the cheapest way that the controller promises.
    const char* clean(std::uint64_t first, std::uint64_t count);
    // One command of the steward's own pair, to its end. False: it failed.
    bool finish();
    bool run(const nvme::SubmissionEntry& words);
    bool transfer(nvme::Opcode opcode, std::uint64_t first, std::uint32_t blocks);

    Handle function_ = no_handle;
    FrameRun memory_{};
    std::uint64_t first_frame_ = 0; // of what is mapped and in the domain
    std::byte* place_ = nullptr;    // where it is mapped
    volatile std::byte* registers_ = nullptr;
    std::uint64_t window_ = 0; // in the steward's address space
    std::uint8_t levels_ = 0;  // of the domain
    std::uint16_t pairs_ = 0;
    std::uint32_t name_space_id_ = 0;
    nvme::NamespaceIdentity name_space_;
    nvme::Controller controller_;
    nvme::QueuePair own_;
    Catalogue catalogue_;
};

} // namespace exo::steward
