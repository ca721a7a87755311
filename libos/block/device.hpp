// A disk, however it is bound: a whole NVMe namespace with the driver linked in, an extent of a shared one, a file on
// the host. What is above cannot tell which. Polled by its owner's vcore; no call blocks but `sleep`, and none
// allocates but `allocate`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exo::block {

enum class Operation : std::uint8_t {
    Read,
    Write,
    Flush, // every write that had completed before this was submitted is on the medium when it completes
    Trim,  // the blocks' contents are no longer needed; what they read as then: see disk_offer::trimmed_reads_zero
};

namespace command_flag {
inline constexpr std::uint8_t force_unit_access = 1u << 0; // write: on the medium when it completes
} // namespace command_flag

// Memory that the device reaches, one run of it. `device_address` is what the device calls `address`; by the kit's
// windows it is the physical address. A device without DMA ignores it.
struct Piece {
    std::byte* address = nullptr;
    std::uint64_t device_address = 0;
    std::uint32_t bytes = 0;
};

// One command. Its memory is the caller's, and lent to the device from `submit` until its completion is polled; so is
// the array behind `more`. All pieces together hold block_count blocks. Each piece begins on a multiple of 4 octets;
// every piece but the first begins on a page of 4 KiB, and every piece but the last ends on one (NVMe 1.4, 4.3).
struct Command {
    std::uint64_t tag = 0;         // the caller's own; comes back with the completion
    std::uint64_t first_block = 0; // Flush: ignored, as are the fields below
    std::uint32_t block_count = 0; // at least 1; bytes at most transfer_bytes_max (Trim: no such limit)
    Operation operation = Operation::Read;
    std::uint8_t flags = 0;       // of command_flag::
    std::uint16_t more_count = 0; // pieces behind `more`
    Piece piece;                  // the first or only one; Trim has none
    const Piece* more = nullptr;  // the others, in order; at most pieces_max - 1
};

// How a command ended.
enum class [[nodiscard]] Status : std::uint8_t {
    Done,
    OutOfRange,  // reaches beyond the last block
    Refused,     // not as a Command must be, not offered, or beyond the holder's rights; nothing was done
    MediumError, // the medium did not give or take the data: read, nothing is said of the memory; write, of the blocks
    Aborted,     // given up after a time-out or a reset: a write may have happened in part
    Gone,        // the device or the extent is no longer there; every later command ends the same way
};

struct Completion {
    std::uint64_t tag = 0;
    Status status = Status::Done;
};

// What a disk can do or has.
namespace disk_offer {
inline constexpr std::uint32_t volatile_cache = 1u << 0;     // without: a completed write is on the medium
inline constexpr std::uint32_t force_unit_access = 1u << 1;  // the flag is honoured by the device itself, cheaply
inline constexpr std::uint32_t trim = 1u << 2;               // else Trim is Refused
inline constexpr std::uint32_t trimmed_reads_zero = 1u << 3; // trimmed blocks read as zeroes until written
inline constexpr std::uint32_t read_only = 1u << 4;          // writes, flushes and trims are Refused
} // namespace disk_offer

struct DeviceCounters {
    std::uint64_t reads = 0, read_bytes = 0;
    std::uint64_t writes = 0, written_bytes = 0;
    std::uint64_t flushes = 0, trims = 0;
    std::uint64_t failed = 0; // completions other than Done
};

// Commands are carried out in no particular order: whoever wants one after another submits it after the other's
// completion. A write is whole or not at all only within each 512 octets, as far as a power cut is concerned.
class Device {
public:
    // What it is, for those above: fixed once open.
    std::uint32_t block_bytes() const { return block_bytes_; } // 512 to 4096, a power of two
    std::uint64_t block_count() const { return block_count_; }
    std::uint64_t bytes() const { return block_count_ * block_bytes_; }
    std::uint32_t transfer_bytes_max() const { return transfer_bytes_max_; } // a multiple of 4096
    std::uint16_t pieces_max() const { return pieces_max_; }
    // Commands that may be under way at once; `submit` takes no more.
    std::uint16_t queue_depth() const { return queue_depth_; }
    std::uint32_t offers() const { return offers_; } // of disk_offer::
    bool offers(std::uint32_t what) const { return (offers_ & what) == what; }
    const DeviceCounters& counters() const { return counters_; }
    // Null while it works; else why every command ends as Gone, in words.
    const char* problem() const { return problem_; }

    // Memory that the device reaches: zeroed, whole pages, one run; no address when there is none left. Not for the
    // data path.
    virtual Piece allocate(std::uint32_t bytes) = 0;
    virtual void release(const Piece& memory) = 0;
    // Lets the device reach other memory of the environment, for as long as the device is open; twice is as good as
    // once. False: it cannot be.
    virtual bool allow(std::uint64_t device_address, std::uint64_t bytes) = 0;

    // Gives commands to the device in order, ringing once; returns how many it took (the first ones). Fewer: the queue
    // is full, poll. A command that cannot be done is taken, and its completion says so.
    virtual std::size_t submit(std::span<const Command> commands) = 0;
    // Takes up to `into.size()` completions that have come. Looks once.
    virtual std::size_t poll(std::span<Completion> into) = 0;
    // Sleeps until a completion has come or the TSC has reached `deadline_tsc` (0: none); at once when nothing is under
    // way. Arms the interrupt, looks once more, waits. Polling owners never call it, and take no interrupt.
    virtual void sleep(std::uint64_t deadline_tsc) = 0;

protected:
    ~Device() = default;

    std::uint32_t block_bytes_ = 512;
    std::uint64_t block_count_ = 0;
    std::uint32_t transfer_bytes_max_ = 128 * 1024;
    std::uint16_t pieces_max_ = 33;
    std::uint16_t queue_depth_ = 1;
    std::uint32_t offers_ = 0;
    DeviceCounters counters_;
    const char* problem_ = nullptr;
};

} // namespace exo::block
