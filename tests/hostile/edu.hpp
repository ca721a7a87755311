// QEMU's `edu` device driven by the child that owns it: it copies between a buffer inside it and any bus address, about
// 100 ms after it was told to, and so has DMA in flight for as long. It has no reset: each can be lent once.
#pragma once

#include "tests/hostile/lent_function.hpp"

namespace hostile::edu {

inline constexpr std::uint64_t inner_buffer = 0x40000;
inline constexpr std::uint64_t bytes_max = 4064; // one word less than the buffer would do: it refuses to fill it

enum class Direction : std::uint64_t { FromMemory = 1, ToMemory = 3 };

inline volatile std::uint64_t& register_at(std::uint64_t offset) {
    return *reinterpret_cast<volatile std::uint64_t*>(registers_at + offset); // Safe: mapped by lend().
}

// Tells the device to copy; it begins later.
inline void begin(Direction direction, std::uint64_t bus_address, std::uint64_t bytes) {
    bool to_memory = direction == Direction::ToMemory;
    register_at(0x80) = to_memory ? inner_buffer : bus_address; // source
    register_at(0x88) = to_memory ? bus_address : inner_buffer; // destination
    register_at(0x90) = bytes;
    register_at(0x98) = static_cast<std::uint64_t>(direction);
}
inline bool busy() {
    return register_at(0x98) & 1;
}
// False when it did not end in a second.
inline bool run(Direction direction, std::uint64_t bus_address, std::uint64_t bytes) {
    begin(direction, bus_address, bytes);
    for (std::uint64_t end = lab::tsc() + lab::cycles(1'000'000); busy();) {
        if (lab::tsc() > end)
            return false;
        asm volatile("pause"); // Safe: a hint.
    }
    return true;
}

// The child's buffer, as words.
inline volatile std::uint64_t* buffer(std::uint64_t page) {
    return reinterpret_cast<volatile std::uint64_t*>(buffer_at + page * exo::page_bytes); // Safe: as above.
}
inline void fill(std::uint64_t page, std::uint64_t word) {
    for (std::uint64_t i = 0; i < exo::page_bytes / 8; i++)
        buffer(page)[i] = word;
}
// Whether the device copies at all: page 0 of the buffer to page 1 through it. An attack by DMA proves nothing
// otherwise.
inline bool works() {
    fill(0, 0x6564'7565'6475'6564ull);
    fill(1, 0);
    return run(Direction::FromMemory, device_buffer, bytes_max) &&
           run(Direction::ToMemory, device_buffer + exo::page_bytes, bytes_max) && buffer(1)[0] == buffer(0)[0] &&
           buffer(1)[507] == buffer(0)[507] && buffer(1)[508] == 0;
}

} // namespace hostile::edu
