// Physical memory as the kernel reaches it: the direct map, mapped device registers, and the
// contiguous frames it takes for itself at boot (there is no kernel allocation afterwards).
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// An address on the memory bus. A number, not a claim that anything is there.
enum class PhysAddr : std::uint64_t {};

inline constexpr std::uint64_t direct_map_base = 0xffff'8000'0000'0000ull;

template <typename T>
T* at_physical(std::uint64_t address) {
    // Safe: the direct map covers all memory that the frame map describes.
    return reinterpret_cast<T*>(direct_map_base + address);
}
template <typename T>
T* at_frame(std::uint64_t frame) {
    return at_physical<T>(frame << page_shift);
}
inline std::uint64_t kernel_physical(const void* kernel_symbol) {
    return reinterpret_cast<std::uint64_t>(kernel_symbol) - 0xffff'ffff'8000'0000ull;
}

// Uncached mapping of device registers; at boot only, never taken back. Panics when the window is full.
std::byte* map_registers(std::uint64_t physical, std::uint64_t bytes);

// Contiguous zeroed frames for the kernel; at boot only. Returns the first frame. Panics when there are none.
std::uint64_t boot_frames(std::uint64_t count, std::uint64_t alignment_frames = 1);

// Ranges of memory that the kernel has not taken, for the steward. Ends the use of boot_frames.
struct FrameRange {
    std::uint64_t first;
    std::uint64_t count;
};
inline constexpr std::size_t memory_ranges_max = 16;

} // namespace exo
