// The shared disks while programs run: looks at each, hears their owners, and says on the log what was done. An owner
// of an extent has an event of the steward's that it signals when a command takes too long (StartExtent::help).
#pragma once

#include "steward/disks.hpp"

namespace exo::steward {

class DiskKeeper {
public:
    DiskKeeper(const Manifest& manifest, std::span<SharedDisk> disks) : manifest_(manifest), disks_(disks) {}

    // The event by which a program, by its number in the manifest, complains of a disk: a name that can be granted;
    // no_handle: there is none left.
    static Handle complaint_event(std::size_t program, std::size_t disk);

    // When the disks are to be looked at again, as a TSC value; 0: there are none.
    std::uint64_t next_look() const { return disks_.empty() ? 0 : next_look_tsc_; }
    // Looks at all disks when it is time to, and hears those who signalled. `events`: bits that have come.
    void look(std::uint64_t events);
    // A program that has ended holds commands of its disks since a TSC value. True when that was too long, and they
    // have been reset: what it held is free.
    bool release_held(std::size_t program, std::uint64_t since_tsc);

private:
    void say(std::size_t disk, DiskNews news, std::string_view cause);

    const Manifest& manifest_;
    std::span<SharedDisk> disks_;
    DiskWatch watches_[shared_disks_max];
    std::uint64_t next_look_tsc_ = 1;
    bool said_unheard_ = false;
};

} // namespace exo::steward
