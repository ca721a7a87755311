// An extent of a shared disk as a disk: commands go into a ring in the environment's own frames, one kernel call gives
// a batch, completions are read where the controller puts them. The class is final: a program that names it instead of
// `Device` calls it directly.
//
// A command that takes too long makes its owner complain to who shares the disk out; when that resets the controller,
// or anything else does, the ring is bound anew and what was under way is given again, up to lives_max times.
#pragma once

#include "libos/block/device.hpp"
#include "libos/event/events.hpp"
#include "libos/start/start_info.hpp"
#include "secure-bindings/abi/extent.hpp"

namespace exo::nvme {
struct CompletionEntry;
}

namespace exo::block {

class ExtentDisk final : public Device {
public:
    ExtentDisk() = default;
    ExtentDisk(const ExtentDisk&) = delete; // the event table refers to it where it stands
    ExtentDisk& operator=(const ExtentDisk&) = delete;

    // Binds a ring for the calling vcore. `limit_us`: a command that takes longer is complained of. Null, or what went
    // wrong, in words.
    const char* open(const StartExtent& granted, std::uint64_t limit_us = 10'000'000);
    // Waits for what is under way and gives the ring back. Null, or what went wrong.
    const char* close();

    Piece allocate(std::uint32_t bytes) override;
    void release(const Piece& memory) override;
    bool allow(std::uint64_t device_address, std::uint64_t bytes) override;
    std::size_t submit(std::span<const Command> commands) override;
    std::size_t poll(std::span<Completion> into) override;
    void sleep(std::uint64_t deadline_tsc) override;

    // How often its owner complained, and had to bind the ring anew, since it was opened.
    std::uint32_t complaints() const { return complaints_; }
    std::uint32_t rebinds() const { return rebinds_; }

private:
    static constexpr std::size_t runs_max = 64;
    static constexpr std::uint8_t lives_max = 3; // times that a command is given before it is given up

    // A command under way, kept to be given again.
    struct Flight {
        std::uint64_t tag;
        ExtentEntry entry;
        std::uint32_t bytes;
        Operation operation;
        bool under_way = false;
        bool durable = false;   // a flush is given behind it, before it ends
        bool flushes = false;   // and has been
        std::uint8_t lives = 0; // times that it was given; 0: refused before
        std::uint8_t age = 0;   // looks since it was given
    };
    // Frames that the window shows: neighbours in memory and in the window.
    struct Run {
        std::uint64_t physical = 0, bytes = 0;
        std::uint32_t page = 0;       // of the window
        std::uint32_t allowances = 0; // 0: the place is free
    };

    const char* make_ring();
    exo::Status bind_ring();
    bool bind_run(const Run& run);
    const Run* run_of(std::uint64_t physical, std::uint64_t bytes);
    // Window page and offset of memory; no_place when it is not there.
    static constexpr std::uint64_t no_place = ~0ull;
    std::uint64_t place_of(const Piece& piece);
    bool show(std::uint64_t first_frame, std::uint64_t count);
    bool describe(const Command& command, ExtentEntry& entry);
    Status check(const Command& command) const;
    Completion end(std::uint16_t tag, Status status);
    std::size_t take_completions(std::span<Completion> into);
    std::size_t take_refusals(std::span<Completion> into);
    std::size_t end_all(std::span<Completion> into);
    void end_early(std::uint16_t tag, Status status);
    bool has_news() const;
    void put(const ExtentEntry& entry);
    void give();

    // Recovery.
    void set_limit(std::uint64_t limit_us);
    void look();
    bool is_overdue();
    void complain();
    void bind_anew();
    void give_again();

    ExtentRing* ring_ = nullptr;
    ExtentPageList* lists_ = nullptr;
    const nvme::CompletionEntry* completions_ = nullptr;
    Handle extent_ = no_handle, help_ = no_handle;
    std::uint64_t ring_frame_ = 0, completions_address_ = 0;
    std::uint32_t given_ = 0;
    std::uint32_t looked_ = 0;  // entries whose refusals were looked for
    std::uint32_t refused_ = 0; // as the ring said then
    std::uint16_t head_ = 0, phase_ = 1;
    std::uint16_t free_count_ = 0;
    std::uint16_t early_ = 0; // commands that were refused here
    std::uint8_t block_shift_ = 9;
    bool may_flush_ = false;
    bool armed_ = false;
    std::uint64_t look_cycles_ = 0, next_look_ = 0;
    std::uint8_t looks_max_ = 1;   // that a command may live through
    std::uint32_t unheard_ = 0;    // looks since something was overdue, with nothing done about it
    std::uint64_t gone_since_ = 0; // when the ring was found gone; 0: it is not
    std::uint32_t complaints_ = 0, rebinds_ = 0;
    std::uint16_t free_[extent_tags] = {};
    std::uint16_t early_tags_[extent_tags] = {};
    Status early_status_[extent_tags] = {};
    std::uint16_t tags_[extent_queue_entries] = {}; // of the entries of the ring
    Flight flights_[extent_tags] = {};
    Run runs_[runs_max] = {};
    std::size_t last_run_ = 0;
    EventWaiter waiter_;
};

} // namespace exo::block
