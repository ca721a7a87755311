// See disk_watch.hpp.
#include "steward/disk_watch.hpp"

#include <algorithm>

namespace exo::steward {

DiskNews DiskWatch::look(WatchedDisk& disk, std::uint64_t now_us) {
    if (why_ || !disk.controller().has_failed())
        return DiskNews::None;
    if (++failures_ > failures_max)
        return lose(disk, "its controller fails again and again");
    return restart(disk, now_us);
}

DiskNews DiskWatch::complain(WatchedDisk& disk, std::size_t owner, std::uint64_t now_us) {
    if (why_ || now_us < settled_us_)
        return DiskNews::None;
    if (!counts(complaints_[owner], now_us))
        return DiskNews::NotHeard;
    return restart(disk, now_us);
}

DiskNews DiskWatch::held(WatchedDisk& disk, std::uint64_t now_us) {
    return why_ ? DiskNews::None : restart(disk, now_us);
}

bool DiskWatch::counts(Complaints& said, std::uint64_t now_us) {
    const std::uint64_t forgotten = (now_us - said.forgotten_us) / forget_us;
    said.counted -= static_cast<std::uint32_t>(std::min<std::uint64_t>(said.counted, forgotten));
    said.forgotten_us = said.counted == 0 ? now_us : said.forgotten_us + forgotten * forget_us;
    if (said.counted == complaints_max)
        return false;
    ++said.counted;
    return true;
}

DiskNews DiskWatch::restart(WatchedDisk& disk, std::uint64_t now_us) {
    // What was lent goes back to its owners only after the controller has let go of it.
    const char* wrong = disk.controller().stop();
    wrong = wrong ? wrong : disk.take_back();
    wrong = wrong ? wrong : disk.controller().reopen();
    wrong = wrong ? wrong : disk.lend();
    if (wrong)
        return lose(disk, wrong);
    settled_us_ = now_us + settle_us;
    return DiskNews::Restarted;
}

DiskNews DiskWatch::lose(WatchedDisk& disk, const char* why) {
    disk.cut_off();
    why_ = why;
    return DiskNews::Lost;
}

} // namespace exo::steward
