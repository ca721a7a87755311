// How the parser sees physical memory: it asks for a range and is given all of it, or nothing.
// In the kernel the direct map answers; on the host, tests and the fuzzer answer from a buffer.
// Multi-byte fields are little-endian and unaligned (ACPI 6.4, 5.2); reading past the end gives zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exo {

class PhysicalView {
public:
    // Returns exactly `length` bytes at `address`, or an empty span.
    using Read = std::span<const std::byte> (*)(const void* context, std::uint64_t address, std::uint64_t length);
    PhysicalView(Read read, const void* context) : read_(read), context_(context) {}

    std::span<const std::byte> at(std::uint64_t address, std::uint64_t length) const {
        if (length == 0 || address + length < address) {
            return {};
        }
        return read_(context_, address, length);
    }

private:
    Read read_;
    const void* context_;
};

// A table or a structure within one.
class Fields {
public:
    explicit Fields(std::span<const std::byte> bytes) : bytes_(bytes) {}

    std::size_t size() const { return bytes_.size(); }
    bool has(std::size_t offset, std::size_t length) const {
        return offset <= bytes_.size() && length <= bytes_.size() - offset;
    }
    std::uint64_t integer(std::size_t offset, std::size_t length) const {
        if (length > 8 || !has(offset, length)) {
            return 0;
        }
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < length; ++i) {
            value |= static_cast<std::uint64_t>(bytes_[offset + i]) << (8 * i);
        }
        return value;
    }
    std::uint8_t u8(std::size_t offset) const { return static_cast<std::uint8_t>(integer(offset, 1)); }
    std::uint16_t u16(std::size_t offset) const { return static_cast<std::uint16_t>(integer(offset, 2)); }
    std::uint32_t u32(std::size_t offset) const { return static_cast<std::uint32_t>(integer(offset, 4)); }
    std::uint64_t u64(std::size_t offset) const { return integer(offset, 8); }

    // The structure of `length` bytes at `offset`; empty when it does not fit.
    Fields part(std::size_t offset, std::size_t length) const {
        return has(offset, length) ? Fields(bytes_.subspan(offset, length)) : Fields({});
    }
    bool begins_with(const char* text) const {
        for (std::size_t i = 0; text[i] != 0; ++i) {
            if (i >= bytes_.size() || static_cast<char>(bytes_[i]) != text[i]) {
                return false;
            }
        }
        return true;
    }
    // ACPI 6.4, 5.2.6: all bytes of a table sum to zero.
    bool sums_to_zero() const {
        std::uint8_t sum = 0;
        for (std::byte byte : bytes_) {
            sum = static_cast<std::uint8_t>(sum + static_cast<std::uint8_t>(byte));
        }
        return sum == 0;
    }

private:
    std::span<const std::byte> bytes_;
};

} // namespace exo
