// Memory, an IOMMU that walks and caches as the manual says, and a clock that moves when it is read.
// Caches are only as fresh as the driver's invalidations make them: a forgotten one shows as an access that still goes
// through. One at a time, since the drivers reach it through plain functions.
#pragma once

#include "drivers/iommu/unit.hpp"
#include "secure-bindings/frame/frame_map.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace device_test {

inline constexpr std::uint64_t machine_frames = 8192;

class FakeMachine {
public:
    FakeMachine();
    ~FakeMachine();
    FakeMachine(const FakeMachine&) = delete;

    // What a driver is given.
    exo::Registers iommu_registers();
    static exo::iommu::TableMemory tables();
    static exo::Clock clock();
    std::byte* memory() { return memory_; }

    // A device's access by DMA: the physical address it reaches, or nothing (and a recorded fault).
    std::optional<std::uint64_t> access(std::uint16_t source, std::uint64_t address, bool is_write);
    struct Delivery {
        std::uint32_t apic_id;
        std::uint8_t vector;
        bool operator==(const Delivery&) const = default;
    };
    // A device's write of an interrupt message.
    std::optional<Delivery> message(std::uint16_t source, std::uint64_t address, std::uint32_t data);

    // How the hardware is, and how it fails.
    std::uint64_t capability;
    std::uint64_t extended_capability;
    bool queue_stuck = false;        // takes no descriptor
    std::uint32_t dead_commands = 0; // command bits that are never answered

    bool overrun = false;            // the driver wrote over descriptors that were not taken yet
    std::vector<std::string> events; // what the driver did, in order
    std::uint64_t now = 0;
    std::uint64_t next_table_frame = 16;

private:
    std::uint64_t read(std::uint64_t offset, unsigned bytes);
    void write(std::uint64_t offset, std::uint64_t value, unsigned bytes);
    void command(std::uint32_t value);
    void run_queue();
    void execute(const exo::iommu::Descriptor& descriptor);
    std::uint64_t word(std::uint64_t physical) const;
    void record_fault(std::uint16_t source, std::uint8_t reason, std::uint64_t address, bool is_write);
    std::optional<exo::iommu::TableEntry> context(std::uint16_t source);

    std::byte* memory_;
    std::uint32_t status_ = 0;
    std::uint32_t fault_status_ = 0;
    std::uint64_t root_ = 0, root_latched_ = 0;
    std::uint64_t routes_ = 0, routes_latched_ = 0;
    std::uint64_t queue_ = 0, head_ = 0, tail_ = 0, waiting_ = 0;
    struct Record {
        std::uint64_t low, high;
    };
    Record records_[2] = {};
    std::map<std::uint16_t, exo::iommu::TableEntry> context_cache_;
    struct Cached {
        std::uint64_t frame;
        bool writable;
    };
    std::map<std::pair<std::uint16_t, std::uint64_t>, Cached> page_cache_; // by domain and page
    std::map<std::uint32_t, exo::iommu::TableEntry> route_cache_;
};

} // namespace device_test
