// Disks that the kernel shares out among the programs. The steward owns the controller's function and runs its control
// half, with one queue pair of its own for the catalogue; the other pairs are handed to the kernel, which lends one to
// each owner of an extent. All of it before any program starts; while they run, disk_keeper.hpp looks after it.
#pragma once

#include "steward/catalogue.hpp"
#include "steward/disk_controller.hpp"
#include "steward/disk_watch.hpp"
#include "steward/manifest.hpp"
#include "steward/memory.hpp"

#include <expected>

namespace exo::steward {

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
class SharedDisk final : public WatchedDisk {
public:
    // Brings the controller up, hands its pairs to the kernel and reads the catalogue. `functions`: the root
    // capability; `number`: of the disks of this machine, below shared_disks_max. Null, or what went wrong.
    const char* open(Handle functions, const DiskPlan& plan, std::size_t number);
    // The extent of a program; made, and cleaned, when it has none. `bytes`: 0: what it has, or all that is left.
    std::expected<GivenExtent, const char*> extent(std::string_view owner, std::uint64_t bytes);
    // Gives a program's blocks up. Null, or what went wrong.
    const char* remove(std::string_view owner);

    // See WatchedDisk.
    DiskController& controller() override { return controller_; }
    const char* take_back() override;
    const char* lend() override;
    void cut_off() override;

private:
    const char* map_memory();
    const char* make_domain();
    const char* start_controller();
    const char* load();
    const char* save();
    // Makes blocks read as zeroes, by the cheapest way that the controller promises.
    const char* clean(std::uint64_t first, std::uint64_t count);
    bool flush();

    Handle function_ = no_handle;
    FrameRun memory_{};
    std::uint64_t first_frame_ = 0; // of what is mapped and in the domain
    std::byte* place_ = nullptr;    // where it is mapped
    std::uint64_t window_ = 0;      // in the steward's address space
    std::uint8_t levels_ = 0;       // of the domain
    DiskController controller_;
    Catalogue catalogue_;
};

} // namespace exo::steward
