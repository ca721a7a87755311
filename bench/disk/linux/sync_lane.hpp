// pread and pwrite, one at a time, the thread asleep until the interrupt. While instructions are counted, a thread of
// the lowest class runs in the place of the idle loop, and counts what it passes.
#pragma once

#include "bench/disk/linux/raw_disk.hpp"

#include <pthread.h>
#include <sched.h>

namespace bench::disk {

class SyncLane {
public:
    static constexpr std::uint32_t depth_most = 1;
    explicit SyncLane(bool counting) {
        pthread_t thread;
        if (counting && ::pthread_create(&thread, nullptr, pass, this) != 0)
            give_up("starting a thread");
    }
    void give(std::uint32_t, const Transfer& transfer) { transfer_ = transfer; }
    void ring() {
        const auto at = static_cast<off_t>(transfer_.offset);
        const ssize_t moved = transfer_.direction == Direction::read
                                  ? ::pread(disk_.file, disk_.buffers, transfer_.bytes, at)
                                  : ::pwrite(disk_.file, disk_.buffers, transfer_.bytes, at);
        good_ = moved == static_cast<ssize_t>(transfer_.bytes);
        ended_ = true;
    }
    int take(std::uint32_t* slots) {
        if (!ended_)
            return 0;
        ended_ = false;
        slots[0] = 0;
        return good_ ? 1 : -1;
    }
    std::uint64_t passed_instructions() const { return 2 * __atomic_load_n(&passes_, __ATOMIC_RELAXED); }
    void print(std::string_view text) { print_row(text); }

private:
    static void* pass(void* lane) {
        const sched_param parameters{};
        if (::sched_setscheduler(0, SCHED_IDLE, &parameters) != 0)
            give_up("choosing the lowest class");
        // Safe: two instructions a turn, for ever, on a word that nobody else writes.
        asm volatile("1: incq (%0)\n\tjmp 1b" : : "r"(&static_cast<SyncLane*>(lane)->passes_) : "memory", "cc");
        __builtin_unreachable();
    }

    RawDisk disk_;
    Transfer transfer_{};
    bool ended_ = false, good_ = false;
    std::uint64_t passes_ = 0;
};

} // namespace bench::disk
