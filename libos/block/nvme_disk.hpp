// A namespace of an NVMe controller as a disk, with the whole function owned. The class is final: a program that names
// it instead of `Device` calls it directly. Nothing here enters the kernel but opening and `sleep`.
#pragma once

#include "drivers/nvme/controller.hpp"
#include "libos/block/device.hpp"
#include "libos/device/function.hpp"
#include "libos/event/events.hpp"

namespace exo::block {

// What may be chosen.
struct DiskWishes {
    std::uint16_t queue_depth = 64;      // commands under way at once; 1 to 255
    std::uint32_t name_space = 0;        // 0: the first that is there
    std::uint64_t limit_us = 10'000'000; // a command that takes longer is aborted, then the controller reset (of
                                         // an extent: who shares the disk is asked to reset it)
    bool interrupts = true;              // without: `sleep` polls
};

class NvmeDisk final : public Device {
public:
    NvmeDisk() = default;
    NvmeDisk(const NvmeDisk&) = delete; // the event table refers to it where it stands
    NvmeDisk& operator=(const NvmeDisk&) = delete;

    // Brings the controller up, for the calling vcore. Null, or what went wrong, in words.
    const char* open(const StartFunction& granted, const DiskWishes& wishes);
    // Waits for what is under way and tells the controller to keep what it holds. Null, or what went wrong.
    const char* close();
    const nvme::Identity& identity() const { return controller_.identity(); }

    Piece allocate(std::uint32_t bytes) override;
    void release(const Piece& memory) override;
    bool allow(std::uint64_t device_address, std::uint64_t bytes) override;
    std::size_t submit(std::span<const Command> commands) override;
    std::size_t poll(std::span<Completion> into) override;
    void sleep(std::uint64_t deadline_tsc) override;

    // What the controller reported of itself, oldest first: errors, health, changes. It is asked here and, by `poll`
    // and `sleep`, each time limit; of more than events_max that nobody took the oldest are dropped. A namespace that
    // shrank, or is gone, is noticed either way: commands end as OutOfRange, or Gone.
    static constexpr std::size_t events_max = 8;
    std::optional<nvme::Event> next_event();
    // A health event comes once the disk is as warm as this, in kelvin. Null, or what went wrong.
    const char* limit_temperature(std::uint16_t kelvin);
    // How often the controller had to be reset, and commands aborted, since it was opened.
    std::uint32_t resets() const { return resets_; }
    std::uint32_t aborts() const { return aborts_; }

private:
    static constexpr std::uint16_t queue_id = 1;
    // Of the queue; 0 is the admin queue's, and of both where a function has no other.
    std::uint16_t vector() const { return function_.info().msix_vectors > 1 ? 1 : 0; }
    static constexpr std::uint8_t lives_max = 3; // times that a command is given to the device before it is given up

    // A command under way, kept whole, to be given again after a reset.
    struct Flight {
        Command command;
        std::uint8_t lives = 0;   // 0: free
        bool ended_early = false; // refused before the device saw it
        bool flushes = false;     // a durable write is done, and the flush behind it under way
        Status status = Status::Done;
    };

    const char* start_controller();
    const char* find_namespace();
    void read_offers();
    bool give(Flight& flight);
    bool is_durable_write(const Command& command) const;
    bool flush_behind(Flight& flight, Status status);
    Status check(const Command& command) const;
    void end_early(Flight& flight, Status status);
    void count(const Command& command, Status status);
    Completion end(Flight& flight, Status status);

    // Recovery.
    void look_for_overdue();
    void read_events();
    void look_at_namespace();
    void restart();
    void end_all(const char* why);

    nvme::QueuePair pair_;
    Flight* flights_ = nullptr; // queue_depth_ of them
    std::uint16_t* free_ = nullptr;
    std::uint16_t free_count_ = 0;
    std::uint16_t early_ = 0; // flights that ended early and were not polled yet
    std::uint32_t block_shift_ = 9;
    std::uint32_t name_space_ = 0;
    std::uint64_t limit_cycles_ = 0, next_look_ = 0;
    bool armed_ = false;    // an interrupt may come
    bool heeds_fua_ = true; // the device; else a flush follows each durable write
    std::uint32_t resets_ = 0, aborts_ = 0;
    nvme::Event events_[events_max] = {};
    std::size_t event_count_ = 0;
    DiskWishes wishes_;
    EventWaiter waiter_;
    Function function_;
    nvme::Controller controller_;
    DmaMemory admin_memory_, queue_memory_;
    volatile std::byte* registers_ = nullptr;
};

} // namespace exo::block
