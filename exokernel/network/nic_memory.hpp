// The memory that a NIC lives in while the kernel drives it: DMA tables, rings and buffers, in one run of frames that
// whoever shares the NIC paid for. Its domain of the IOMMU holds this run and nothing else.
#pragma once

#include "secure-bindings/capability/slot.hpp"

namespace exo {

// Tables of a domain of 2 MiB: one pair of frames a level, of at most four.
inline constexpr std::uint64_t nic_table_frames = 8;
inline constexpr std::uint64_t nic_data_frames = frames_per_large;
// The NIC sees the data frames from here on.
inline constexpr std::uint64_t nic_window_address = large_page_bytes;

// Who pays: a Frames capability in somebody's table.
struct FramePayer {
    SlotRef capability;
    std::uint64_t first_frame;
};

class NicMemory {
public:
    // Lets the function reach the run: its tables and the window, and pins the frames for `tenant`. The run has
    // nic_frames_min frames from payer.first_frame on, which is even. Errors: InUse (a frame is not Data, or is
    // pinned), and those of bind_dma_table and bind_dma. After an error function_release cleans up, then close().
    Status open(std::uint32_t function, const FramePayer& payer, std::uint16_t tenant);
    // Unpins the frames. The function has been released.
    void close();

    // Zeroed memory of the window, a whole number of pages; null when it is used up.
    struct Piece {
        std::byte* memory;
        std::uint64_t device_address;
    };
    Piece take(std::uint64_t bytes);

private:
    std::uint64_t first_ = 0;  // data frames begin
    std::uint64_t pinned_ = 0; // of them, how many are pinned
    std::uint64_t taken_ = 0;  // frames handed out
};

} // namespace exo
