// A PCI function that the environment was granted: its configuration space, its register windows, its interrupts, and
// memory it may reach. The device sees each frame at its physical address (I/O virtual address == physical), as long as
// it is in a window. Drivers: drivers/*/queue.*; this is what they stand on.
#pragma once

#include "libos/event/events.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/start/start_info.hpp"
#include "libos/thread/mutex.hpp"

namespace exo {

inline constexpr unsigned function_bars = 6;

// Memory that the processor and the device both see. Frames are neighbours.
struct DmaMemory {
    std::byte* address = nullptr;
    std::uint64_t physical = 0;
    std::uint64_t bytes = 0;
};

class Function {
public:
    // Maps configuration space and makes an empty DMA domain. Errors: as bind; TableFull.
    Status open(const StartFunction& granted);

    const DeviceInfo& info() const { return *info_; }
    Handle handle() const { return handle_; }
    // Configuration space, read only: the kernel alone writes it (Control bits, MSI-X).
    volatile const std::byte* configuration() const { return configuration_; }
    // A register window, mapped at the first use: whole, or its first `bytes`, where the rest holds the MSI-X table,
    // which the kernel alone writes. Errors: OutOfRange (no such BAR, or it is shorter).
    Result<volatile std::byte*> bar(unsigned index, std::uint64_t bytes = 0);

    // New memory inside the window, zeroed, a whole number of pages. Errors: TableFull, or as allow.
    Result<DmaMemory> allocate_dma(std::uint64_t bytes);
    void free_dma(const DmaMemory& memory);
    // Lets the device reach frames of the environment, or read them alone; twice is as good as once: what it may do
    // with a frame already stays. Errors: as bind.
    Status allow(std::uint64_t first_frame, std::uint64_t count, Rights rights = right::Read | right::Write);
    Status forbid(std::uint64_t first_frame, std::uint64_t count);

    // Routes an MSI-X vector to an event bit. One interrupt comes, then none until `arm`.
    Status route_interrupt(std::uint32_t vector, EventBit bit);
    Status arm(std::uint32_t vector);

private:
    Status add_table(std::uint64_t address, std::uint32_t level);
    Status bind_window(std::uint64_t frame, unsigned order, std::uint64_t count, Rights rights);

    Handle handle_ = no_handle;
    const DeviceInfo* info_ = nullptr;
    volatile const std::byte* configuration_ = nullptr;
    volatile std::byte* bars_[function_bars] = {};
    Mutex lock_; // of the DMA domain
};

} // namespace exo
