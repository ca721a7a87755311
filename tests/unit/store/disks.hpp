// Disks of memory for the tests: one that records what is written and when it is flushed, and one that shows what a
// disk would look like after the power failed at some moment of that record.
#pragma once

#include "libos/host-double/direct_disk.hpp"

#include <array>
#include <memory>
#include <random>
#include <unordered_map>
#include <vector>

namespace store_test {

using Octets = std::vector<std::byte>;

struct DiskSpec {
    std::uint64_t bytes = 24u << 20;
    std::uint32_t block_bytes = 512;
    std::uint32_t offers = exo::block::disk_offer::volatile_cache | exo::block::disk_offer::force_unit_access;
    std::uint32_t transfer_bytes_max = 128 * 1024;
};

struct Event {
    enum class Kind : std::uint8_t { Write, DurableWrite, Flush } kind;
    std::uint64_t at = 0;
    Octets octets;           // of a write
    std::uint64_t burst = 0; // events of one burst, on whatever disks, were under way together
};

// Contents in pages of 4 KiB over a base that is shared and never changed; what was never written reads as zeroes.
class Contents {
public:
    static constexpr std::size_t page = 4096, sector = 512;

    explicit Contents(const Contents* base = nullptr) : base_(base) {}
    void read(std::uint64_t at, std::byte* into, std::size_t bytes) const;
    void write(std::uint64_t at, const std::byte* from, std::size_t bytes);

private:
    const std::byte* find(std::uint64_t number) const;

    const Contents* base_;
    std::unordered_map<std::uint64_t, std::unique_ptr<std::array<std::byte, page>>> pages_;
};

class MemoryDisk final : public exo::block::DirectDisk {
public:
    explicit MemoryDisk(const DiskSpec& spec = {}, const Contents* base = nullptr);

    Contents contents;
    bool recording = false;
    std::vector<Event> events;
    std::uint64_t* burst = nullptr; // of all disks of a set: counted on when a completion is taken
    // Faults: commands from the one with that number on fail (counted from 0), that many of them.
    std::uint64_t failing_write = ~0ull, failing_read = ~0ull, failing_count = ~0ull;
    // The write with that number goes somewhere else (and nothing says so), or nowhere at all.
    std::uint64_t stray_write = ~0ull, stray_to = 0, lost_write = ~0ull;
    std::uint64_t write_number = 0, read_number = 0;

    void flip_bit(std::uint64_t at, unsigned bit);
    std::size_t poll(std::span<exo::block::Completion> into) override;
    void make_read_only() { offers_ |= exo::block::disk_offer::read_only; }

protected:
    bool read_octets(std::uint64_t at, std::byte* into, std::size_t bytes) override;
    bool write_octets(std::uint64_t at, const std::byte* from, std::size_t bytes) override;
    bool flush_octets() override;
    void begin_write(const exo::block::Command& command) override;

private:
    static bool hits(std::uint64_t number, std::uint64_t first, std::uint64_t count) {
        return number >= first && number - first < count;
    }
    std::uint64_t current_ = 0;
    std::int64_t shift_ = 0;
    bool unit_access_ = false;
};

// Goes through a record of events and makes disks as they could be after a cut.
class Replay {
public:
    // `base`: what was on the disk before the first event.
    explicit Replay(const std::vector<Event>& events, const Contents* base = nullptr)
        : events_(events), durable_(base) {}

    // The next cut: while event `event` was under way, those before it done.
    void go_to(std::size_t event);
    // Octets that are on the medium for sure, and of what is not: each sector of 512 octets on its own, with the given
    // probability in percent; in any order. So many events are under way.
    void cut(Contents& disk, std::mt19937_64& random, unsigned percent, std::size_t under_way = 1) const;
    const Contents& durable() const { return durable_; }
    bool anything_in_doubt() const { return !doubtful_.empty(); }

private:
    const std::vector<Event>& events_;
    std::size_t event_ = 0;
    Contents durable_;
    std::vector<std::size_t> doubtful_; // writes that no flush has followed
};

} // namespace store_test
