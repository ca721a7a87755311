// Where the server is that the load goes to. Freestanding: the machine that puts the load on and programs of Linux
// include it.
#pragma once

#include <cstdint>

namespace bench::load {

inline constexpr std::uint32_t server_address = 10u << 24 | 99u << 16 | 2; // 10.99.0.2
inline constexpr std::uint16_t meter_port = 7;
inline constexpr std::uint16_t redis_port = 6379, memcached_port = 11211, http_port = 80;

} // namespace bench::load
