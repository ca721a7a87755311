// The bare machine below a floor: its functions, memory, the console, and how it ends. Ring 0, one core, no interrupts;
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

// Constructs what is static: first of all.
void construct();

// Puts a command line's words behind "--" into `into`, as many as fit; their number.
std::size_t read_words(std::uint64_t start_info, std::span<std::string_view> into);

// A PCI function as its configuration space shows it.
struct Found {
    exo::DeviceInfo info;
    volatile std::byte* configuration;
};
struct Identity {
    std::uint16_t vendor, device;
    std::uint32_t class_code;
};
// The functions that are wanted, brought as far as decoding and DMA, as many as `into` holds; their number. What is
// found is what the kit's Function opens, by its place in `into`.
std::size_t find_functions(bool (*wanted)(const Identity& identity), std::span<Found> into);
// What find_functions put at `index`.
const Found& found_function(std::size_t index);

// Turns DMA translation on: every function reaches the memory above through pages of 4 KiB, as a function does whose
// frames an environment owns. False when there is no IOMMU.
bool translate_dma();

// Ends QEMU with the status that Linux' side ends it with (bench/linux/guest_machine.hpp).
[[noreturn]] void end_machine(bool good);

} // namespace bench::floor
