// See disk_keeper.hpp.
#include "steward/disk_keeper.hpp"

#include "secure-bindings/abi/boot.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"
#include "steward/log.hpp"

namespace exo::steward {

namespace {

// One bit of the steward's only vcore for each program and disk.
static_assert(programs_max * shared_disks_max <= child_event_bit);

constexpr std::uint64_t bit_of(std::size_t program, std::size_t disk) {
    return program * shared_disks_max + disk;
}

std::uint64_t now_tsc() {
    return __builtin_ia32_rdtsc();
}

std::uint64_t ticks_per_us() {
    // Safe: mapped read only in every environment.
    return reinterpret_cast<const MachineInfo*>(info_machine)->tsc_hz / 1'000'000;
}

} // namespace

Handle DiskKeeper::complaint_event(std::size_t program, std::size_t disk) {
    const std::uint64_t event = std::uint64_t{steward_environment} << 32 | bit_of(program, disk);
    const CallResult made = sys::derive(self, Kind::Event, right::Signal | right::Grant, event, 1);
    return made.ok() ? made.value() : no_handle;
}

void DiskKeeper::look(std::uint64_t events) {
    const std::uint64_t now_us = now_tsc() / ticks_per_us();
    for (std::size_t disk = 0; disk < disks_.size(); disk++)
        for (std::size_t program = 0; program < manifest_.program_count; program++)
            if ((events >> bit_of(program, disk) & 1) != 0)
                say(disk, watches_[disk].complain(disks_[disk], program, now_us), manifest_.programs[program].path);
    if (now_tsc() < next_look_tsc_)
        return;
    for (std::size_t disk = 0; disk < disks_.size(); disk++)
        say(disk, watches_[disk].look(disks_[disk], now_us), {});
    next_look_tsc_ = now_tsc() + DiskWatch::look_us * ticks_per_us();
}

bool DiskKeeper::release_held(std::size_t program, std::uint64_t since_tsc) {
    if (now_tsc() - since_tsc < DiskWatch::held_us * ticks_per_us())
        return false;
    const ProgramWish& wish = manifest_.programs[program];
    for (std::size_t i = 0; i < wish.extent_count; i++) {
        const std::size_t disk = wish.extents[i].disk;
        say(disk, watches_[disk].held(disks_[disk], now_tsc() / ticks_per_us()), wish.path);
    }
    return true;
}

void DiskKeeper::say(std::size_t disk, DiskNews news, std::string_view cause) {
    if (news == DiskNews::None || (news == DiskNews::NotHeard && said_unheard_))
        return;
    Line line;
    line << "shared disk " << disk;
    if (news == DiskNews::NotHeard) {
        said_unheard_ = true;
        line << ": " << cause << " complains too often and is not heard for a while";
    } else if (news == DiskNews::Lost) {
        line << " is given up, and its extents are gone: " << watches_[disk].why();
    } else if (cause.empty()) {
        line << " had failed: its controller was reset, and its queues are lent anew";
    } else {
        line << " left a command of " << cause << " unfinished: its controller was reset, and its queues are lent anew";
    }
}

} // namespace exo::steward
