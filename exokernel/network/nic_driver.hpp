// What the drivers of shared NICs have in common: what they are brought up on, and what they say of a frame. Buffers
// are nic_device.hpp's; each begins with what the device wants before a frame.
#pragma once

#include "exokernel/network/nic_memory.hpp"

#include <array>

namespace exo {

inline constexpr std::uint16_t nic_receive_vector = 0;
inline constexpr std::uint16_t nic_transmit_vector = 1;
inline constexpr std::uint16_t nic_buffers = 256; // of each direction
inline constexpr std::uint32_t nic_buffer_bytes = 2048;

struct NicBringUp {
    std::uint32_t function;
    NicMemory* memory;
};

// What a device is asked to sum: from `start` to the end of the frame, into the field at start + offset.
struct ChecksumRequest {
    bool wanted = false;
    std::uint16_t start = 0;
    std::uint16_t offset = 0;
};

struct NicReceived {
    std::byte* buffer; // null: none, or the device lied
    std::uint16_t length;
    bool checksum_good;
};

} // namespace exo
