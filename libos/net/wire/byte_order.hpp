// Numbers on the wire: most significant octet first (RFC 791, appendix B), at any alignment.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace exo::net {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint16_t swapped(std::uint16_t value) {
    return __builtin_bswap16(value);
}
constexpr std::uint32_t swapped(std::uint32_t value) {
    return __builtin_bswap32(value);
}

// As they lie in memory, for values that are compared or copied and never counted with.
inline std::uint16_t load16(const std::byte* at) {
    std::uint16_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}
inline std::uint32_t load32(const std::byte* at) {
    std::uint32_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}
inline std::uint64_t load64(const std::byte* at) {
    std::uint64_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}
inline void store16(std::byte* at, std::uint16_t value) {
    __builtin_memcpy(at, &value, sizeof value);
}
inline void store32(std::byte* at, std::uint32_t value) {
    __builtin_memcpy(at, &value, sizeof value);
}
inline void store64(std::byte* at, std::uint64_t value) {
    __builtin_memcpy(at, &value, sizeof value);
}

inline std::uint16_t big16(const std::byte* at) {
    return swapped(load16(at));
}
inline std::uint32_t big32(const std::byte* at) {
    return swapped(load32(at));
}
inline void put_big16(std::byte* at, std::uint16_t value) {
    store16(at, swapped(value));
}
inline void put_big32(std::byte* at, std::uint32_t value) {
    store32(at, swapped(value));
}

} // namespace exo::net
