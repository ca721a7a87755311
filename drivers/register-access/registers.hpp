// A block of device registers, behind two functions so that control code runs on the host against a fake.
// For control paths only: a data path maps its doorbells and stores to them directly.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

struct Registers {
    void* context;
    std::uint64_t (*read)(void* context, std::uint64_t offset, unsigned bytes);
    void (*write)(void* context, std::uint64_t offset, std::uint64_t value, unsigned bytes);

    std::uint8_t read8(std::uint64_t offset) const { return static_cast<std::uint8_t>(read(context, offset, 1)); }
    std::uint16_t read16(std::uint64_t offset) const { return static_cast<std::uint16_t>(read(context, offset, 2)); }
    std::uint32_t read32(std::uint64_t offset) const { return static_cast<std::uint32_t>(read(context, offset, 4)); }
    std::uint64_t read64(std::uint64_t offset) const { return read(context, offset, 8); }
    void write8(std::uint64_t offset, std::uint8_t value) const { write(context, offset, value, 1); }
    void write16(std::uint64_t offset, std::uint16_t value) const { write(context, offset, value, 2); }
    void write32(std::uint64_t offset, std::uint32_t value) const { write(context, offset, value, 4); }
    void write64(std::uint64_t offset, std::uint64_t value) const { write(context, offset, value, 8); }
};

// Registers that are mapped uncached at `base`.
Registers mapped_registers(std::byte* base);

} // namespace exo
