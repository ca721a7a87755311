// The bare machine below the floor: its NICs, memory, the console, and how it ends. Ring 0, one core, no interrupts;
// all memory is mapped at its physical address.
#pragma once

#include "libos/device/function.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bench::floor {

// Behind the image, and less than the smallest machine has.
inline constexpr std::uint64_t memory_begin = 16u << 20, memory_end = 256u << 20;
// Whole pages, zeroed; null when all are taken. Never given back.
std::byte* take_pages(std::uint64_t bytes);

// Puts a command line's words behind "--" into `into`, as many as fit; their number.
std::size_t read_words(std::uint64_t start_info, std::span<std::string_view> into);

inline constexpr std::size_t nics_max = 2;
struct Nic {
    exo::DeviceInfo info;
    volatile std::byte* configuration;
};
// The virtio NICs, brought as far as decoding and DMA; their number.
std::size_t find_nics(std::span<Nic, nics_max> into);

// Turns DMA translation on: every function reaches the memory above through pages of 4 KiB, as a function does whose
// frames an environment owns. False when there is no IOMMU.
bool translate_dma();

// Ends QEMU with the status that Linux' side ends it with (bench/linux/guest_machine.hpp).
[[noreturn]] void end_machine(bool good);

} // namespace bench::floor
