// Up to which size values have their compact form. CONFIG SET changes them; defaults as Redis 7.0 has them.
#pragma once

#include <cstdint>

namespace exo::kv {

struct Limits {
    std::int64_t hash_entries = 512, hash_octets = 64;
    std::int64_t sorted_set_entries = 128, sorted_set_octets = 64;
    std::int64_t set_numbers = 512;
    std::int64_t list_node = -2; // octets of a node as a power (-1: 4 KiB, -5: 64 KiB), or entries
};
inline constinit thread_local Limits limits; // of one vcore

} // namespace exo::kv
