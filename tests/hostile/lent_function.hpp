// Lending a PCI function to a child: register windows, its configuration space, and a DMA domain that holds a few of
// the child's own frames. Done by the test before the child starts; what a child does with it is edu.hpp and
// entropy.hpp.
#pragma once

#include "tests/lab/child.hpp"

#include <optional>

namespace hostile {

// Where a child finds it: all in the page table that its board has made.
inline constexpr std::uint64_t registers_at = 0x7000'0008'0000ull;
inline constexpr std::uint64_t configuration_at = 0x7000'000c'0000ull;
inline constexpr std::uint64_t buffer_at = 0x7000'000d'0000ull;
inline constexpr std::uint64_t buffer_pages = 4;
// Where the function finds the same buffer, and nothing else.
inline constexpr std::uint64_t device_buffer = 0x10'0000ull;

enum class FunctionKind { Entropy, Edu, Nic };

struct LentFunction {
    exo::Handle handle;         // the test's
    exo::Handle theirs;         // the child's
    std::uint32_t index;        // in the device info page
    std::uint64_t buffer_frame; // first of buffer_pages
};

// The first function of the kind that nobody owns and that can still be lent. Nothing when there is none or a row
// fails.
std::optional<LentFunction> lend(lab::Child& child, FunctionKind kind);
// As the kernel shows it now.
const exo::DeviceInfo& device_info(std::uint32_t index);

} // namespace hostile
