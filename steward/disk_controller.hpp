// The control half of a shared disk's controller: brought up, stopped, and brought up again as it was, with a queue
// pair for commands of the steward's own beside those that are lent. Registers and memory in, sentences out: it knows
// nothing of the kernel, and is tested on the host against a controller that misbehaves.
#pragma once

#include "drivers/nvme/controller.hpp"
#include "steward/disk_layout.hpp"

namespace exo::steward {

// Where a controller is reached. `memory`: disk_layout::reached_frames of it, as the steward and as the controller sees
// them.
struct DiskPlace {
    Registers registers;
    volatile std::byte* doorbells;
    Clock clock;
    nvme::QueueMemory memory;
};

// Errors are one sentence without its full stop.
class DiskController {
public:
    static constexpr std::uint16_t own_pair = 1, first_lent_pair = 2;
    static constexpr std::uint64_t command_timeout_us = 10'000'000;

    // Resets the controller, creates its own pair and as many to be lent as it has, and finds its first namespace.
    // Null, or what went wrong.
    const char* open(const DiskPlace& place);
    // Stops everything: afterwards the controller touches no memory, and its queues are gone. Null, or what went wrong:
    // then it may still touch memory.
    const char* stop();
    // After `stop`: brings it up again with the same pairs. A disk that has become another is refused.
    const char* reopen();
    // It says that it has failed, or has vanished, or stopped of itself.
    bool has_failed() const { return controller_.has_failed(); }

    // One command of the own pair, to its end. False: it failed, or took too long.
    bool run(const nvme::SubmissionEntry& words);
    // The same, between the disk and disk_layout::buffer_at of the memory. `opcode`: Read or Write.
    bool transfer(nvme::Opcode opcode, std::uint64_t first, std::uint32_t blocks);

    const nvme::Identity& identity() const { return controller_.identity(); }
    const nvme::NamespaceIdentity& name_space() const { return name_space_; }
    std::uint32_t name_space_id() const { return name_space_id_; }
    std::uint16_t lent() const { return lent_; }
    std::byte* buffer() const { return place_.memory.address + disk_layout::buffer_at; }

private:
    const char* bring_up();
    const char* create_pairs();
    const char* find_namespace();
    nvme::QueueMemory memory_at(std::uint64_t offset) const;
    bool finish();

    DiskPlace place_{};
    std::uint16_t lent_ = 0; // pairs
    std::uint32_t name_space_id_ = 0;
    nvme::NamespaceIdentity name_space_{};
    nvme::Controller controller_;
    nvme::QueuePair own_;
    nvme::QueuePair handed_over_; // the kernel's from its making on
};

} // namespace exo::steward
