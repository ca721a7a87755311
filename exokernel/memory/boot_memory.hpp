// Boot-time memory: what the firmware reported, cut to what this kernel was told to use, handed out
// from the front. See physical.hpp for what others may call.
#pragma once

#include "exokernel/memory/physical.hpp"

#include <span>

namespace exo {

void boot_memory_add(std::uint64_t begin, std::uint64_t end);    // usable bytes
void boot_memory_remove(std::uint64_t begin, std::uint64_t end); // what is in use: image, archive
std::uint64_t boot_memory_end();                                 // one past the highest byte added or removed
// The direct map beyond the first 4 GiB, the frame map and the info pages.
void memory_start();
// What is left, to become the roots of all Frames capabilities.
std::span<const FrameRange> boot_memory_rest();
// Physical address of the kernel's own root table (no environment).
std::uint64_t kernel_root();
// Copies the kernel half of the root into a new environment's root table.
void share_kernel_half(std::uint64_t root_frame);
// Maps kernel memory for reading by every environment, at boot.
void map_info(std::uint64_t address, std::uint64_t physical, std::uint64_t bytes);

} // namespace exo
