// An NVMe controller in plain memory, of one namespace held in a vector: answers admin and NVM commands, truthfully or
// not. Addresses that the device sees are addresses of the test. It works when its clock is looked at.
#pragma once

#include "drivers/nvme/controller.hpp"

#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace exo::test {

// Zeroed, page aligned, and not a byte longer than asked.
struct DeviceMemory {
    explicit DeviceMemory(std::uint64_t size);
    std::uint64_t device_address() const { return reinterpret_cast<std::uint64_t>(base); }
    nvme::QueueMemory queue() const { return {base, device_address()}; }
    nvme::AdminMemory admin() const { return {base, device_address()}; }
    std::unique_ptr<std::byte, void (*)(void*)> block;
    std::byte* base;
};

class FakeController {
public:
    static constexpr std::uint32_t block_bytes = 512;
    static constexpr std::uint32_t name_space = 1;

    FakeController();
    FakeController(const FakeController&) = delete;

    Registers registers();
    Clock clock();
    volatile std::byte* doorbells() { return reinterpret_cast<volatile std::byte*>(doorbells_.data()); }

    // Works on what the doorbells say; once for every look at the clock.
    void step();
    // Ends a command of queue `queue` whatever was given: a lie, or a late end.
    void complete(std::uint16_t queue, std::uint16_t identifier, std::uint16_t status, std::uint32_t result = 0);
    void report_event(std::uint32_t dword0);

    // What the device is, and how it misbehaves; to be changed before it is asked.
    std::uint64_t capabilities = 2047 | 1ull << 24 | 1ull << 37;
    std::uint32_t status_when_enabled = nvme::status::ready;
    bool obeys_disable = true, obeys_shutdown = true;
    std::function<void()> on_disable; // called when it is disabled
    bool takes_sgl = true;
    std::uint8_t transfer_power = 7;
    const char* model = "fake"; // as Identify gives it
    std::uint32_t queue_pairs = 8;
    std::uint8_t secondaries = 3; // how many it says that there are; three are described
    std::uint32_t format = 9u << 16;
    std::vector<std::byte> disk = std::vector<std::byte>(1024 * block_bytes);
    // Called for each command; true: the device says nothing to it (yet).
    std::function<bool(std::uint16_t queue, const nvme::SubmissionEntry&)> swallows;
    std::map<std::uint8_t, std::uint16_t> refuses; // admin opcodes, with what status

    std::vector<nvme::SubmissionEntry> seen; // every command taken, the latest last
    std::size_t queues() const { return pairs_.size(); }
    std::optional<std::uint32_t> vector_of(std::uint16_t queue) const { return pairs_.at(queue).vector; }

private:
    struct Pair {
        const nvme::SubmissionEntry* submissions = nullptr;
        nvme::CompletionEntry* completions = nullptr;
        std::uint32_t submission_entries = 0, completion_entries = 0;
        std::uint32_t head = 0, tail = 0;
        std::uint64_t phase = 1;
        std::optional<std::uint32_t> vector;
    };
    std::uint64_t read(std::uint64_t offset, unsigned bytes);
    void write(std::uint64_t offset, std::uint64_t value, unsigned bytes);
    void enable();
    void administer(const nvme::SubmissionEntry& entry);
    void transfer(std::uint16_t queue, const nvme::SubmissionEntry& entry);
    void identify(const nvme::SubmissionEntry& entry);
    std::vector<nvme::Run> runs(const nvme::SubmissionEntry& entry, std::uint64_t bytes) const;

    std::map<std::uint64_t, std::uint64_t> values_;
    std::vector<std::uint32_t> doorbells_ = std::vector<std::uint32_t>(64);
    std::map<std::uint16_t, Pair> pairs_;
    std::vector<std::uint16_t> event_requests_;
};

} // namespace exo::test
