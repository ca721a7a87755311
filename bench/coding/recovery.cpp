// The log is made of batches as they come: half of them full of pages, half a small record alone.
#include "bench/coding/recovery.hpp"

#include "libos/host-double/direct_disk.hpp"
#include "libos/store/store.hpp"

#include <chrono>
#include <memory>
#include <sys/mman.h>

namespace coding_bench {

namespace {

using namespace exo;

class MappedDisk final : public block::DirectDisk {
public:
    explicit MappedDisk(std::uint64_t bytes)
        : memory_(static_cast<std::byte*>(
              ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
          bytes_(bytes) {
        block_count_ = bytes / block_bytes_;
        offers_ = block::disk_offer::volatile_cache | block::disk_offer::force_unit_access;
    }
    ~MappedDisk() { ::munmap(memory_, bytes_); }
    MappedDisk(const MappedDisk&) = delete;
    MappedDisk& operator=(const MappedDisk&) = delete;

protected:
    bool read_octets(std::uint64_t at, std::byte* into, std::size_t bytes) override {
        std::memcpy(into, memory_ + at, bytes);
        return true;
    }
    bool write_octets(std::uint64_t at, const std::byte* from, std::size_t bytes) override {
        std::memcpy(memory_ + at, from, bytes);
        return true;
    }
    bool flush_octets() override { return true; }

private:
    std::byte* memory_;
    std::uint64_t bytes_;
};

// Counts records and keeps nothing.
class Counter final : public store::Keeper {
public:
    bool replay(std::span<const std::byte>) override { return ++records != 0; }
    void snapshot(store::RecordSink&) override {}
    std::uint64_t snapshot_bytes() const override { return 0; }
    std::uint64_t records = 0;
};

bool fill(block::Device& disk, std::uint64_t log_bytes) {
    Counter keeper;
    store::Store store(disk, keeper);
    if (!store.open({.log_bytes_max = ~0ull}))
        return false;
    const std::byte record[256] = {};
    for (std::uint64_t page = 0; store.log_bytes() < log_bytes;) {
        for (unsigned i = 0; i < 200; i++, page++) {
            if (!store.reserve(0, 1))
                return false;
            const auto memory = store.change_page(page >> 16, page & 0xffff, store::Fill::Nothing);
            if (!memory)
                return false;
            std::memset(*memory, static_cast<int>(page), store::page_bytes);
        }
        if (!store.commit() || !store.reserve(store::record_room(sizeof record), 0))
            return false;
        store.add_record(record);
        if (!store.commit())
            return false;
    }
    return true; // and the machine stops here
}

} // namespace

Recovery measure_recovery(std::uint64_t log_bytes) {
    MappedDisk disk(log_bytes * 2 + (64u << 20));
    if (!store::Store::create(disk, {.uuid = {}, .salt = 99, .label = {}}) || !fill(disk, log_bytes))
        return {.seconds = -1};
    Counter keeper;
    store::Store store(disk, keeper);
    const auto begin = std::chrono::steady_clock::now();
    const bool opened = store.open({.access = store::Access::ReadOnly}).has_value();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!opened)
        return {.seconds = -1};
    return {took.count(), store.log_bytes(), store.counters().replayed_batches, store.pages_used()};
}

} // namespace coding_bench
