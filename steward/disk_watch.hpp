// When a shared disk is reset while programs run, and when it is given up. The controller is reset when it says that it
// has failed, when a program that has ended still has commands out after a time, and when an owner says that a
// command takes too long. An owner may say anything: of its words only so many a time count, since every reset makes
// the others wait and give again what they had out. Knows nothing of the kernel: times and disks are handed in.
#pragma once

#include "steward/disk_controller.hpp"
#include "steward/manifest.hpp"

namespace exo::steward {

// A disk, and what is lent of it. Sentences are without their full stop.
class WatchedDisk {
public:
    virtual DiskController& controller() = 0;
    // Takes back all that is lent, once the controller is stopped: the frames of its owners are free afterwards. Null,
    // or what went wrong.
    virtual const char* take_back() = 0;
    // Lends anew. Null, or what went wrong.
    virtual const char* lend() = 0;
    // Cuts the controller off memory for good, whatever it does; its extents are gone.
    virtual void cut_off() = 0;

protected:
    ~WatchedDisk() = default;
};

enum class DiskNews : std::uint8_t { None, Restarted, Lost, NotHeard };

class DiskWatch {
public:
    // How often a disk is looked at: each time costs core 0 an interrupt, and owners have time limits of their own.
    static constexpr std::uint64_t look_us = 10'000'000;
    // So long commands of a program that has ended may stay out.
    static constexpr std::uint64_t held_us = 10'000'000;
    // Owners that complain so soon after a reset mean what was before it: their time limits are longer.
    static constexpr std::uint64_t settle_us = 500'000;
    // Complaints of one owner that count in a row; one is forgotten each forget_us.
    static constexpr std::uint32_t complaints_max = 8;
    static constexpr std::uint64_t forget_us = 60'000'000;
    // A controller that fails oftener of itself is given up.
    static constexpr std::uint32_t failures_max = 8;

    // A look at the controller, each look_us.
    DiskNews look(WatchedDisk& disk, std::uint64_t now_us);
    // Program number `owner` says that a command takes too long.
    DiskNews complain(WatchedDisk& disk, std::size_t owner, std::uint64_t now_us);
    // Commands of a program that has ended stayed out for held_us.
    DiskNews held(WatchedDisk& disk, std::uint64_t now_us);

    // Why it is lost; null: it is not.
    const char* why() const { return why_; }

private:
    struct Complaints {
        std::uint32_t counted = 0;
        std::uint64_t forgotten_us = 0; // when the last one was forgotten
    };
    bool counts(Complaints& said, std::uint64_t now_us);
    DiskNews restart(WatchedDisk& disk, std::uint64_t now_us);
    DiskNews lose(WatchedDisk& disk, const char* why);

    Complaints complaints_[programs_max];
    std::uint64_t settled_us_ = 0;
    std::uint32_t failures_ = 0;
    const char* why_ = nullptr;
};

} // namespace exo::steward
