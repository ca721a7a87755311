// Registers behind an uncached mapping: one volatile access of exactly the width asked for.
#include "drivers/register-access/registers.hpp"

namespace exo {

namespace {

// Safe: the context is the base of a mapping that covers every offset its driver uses, and volatile keeps
// each access single, whole and in order with the others.
template <typename T>
volatile T* register_at(void* base, std::uint64_t offset) {
    return reinterpret_cast<volatile T*>(static_cast<std::byte*>(base) + offset);
}

std::uint64_t read_mapped(void* base, std::uint64_t offset, unsigned bytes) {
    switch (bytes) {
    case 1:
        return *register_at<std::uint8_t>(base, offset);
    case 2:
        return *register_at<std::uint16_t>(base, offset);
    case 4:
        return *register_at<std::uint32_t>(base, offset);
    }
    return *register_at<std::uint64_t>(base, offset);
}

void write_mapped(void* base, std::uint64_t offset, std::uint64_t value, unsigned bytes) {
    switch (bytes) {
    case 1:
        *register_at<std::uint8_t>(base, offset) = static_cast<std::uint8_t>(value);
        return;
    case 2:
        *register_at<std::uint16_t>(base, offset) = static_cast<std::uint16_t>(value);
        return;
    case 4:
        *register_at<std::uint32_t>(base, offset) = static_cast<std::uint32_t>(value);
        return;
    }
    *register_at<std::uint64_t>(base, offset) = value;
}

} // namespace

Registers mapped_registers(std::byte* base) {
    return {.context = base, .read = read_mapped, .write = write_mapped};
}

} // namespace exo
