// Whole addresses in an index, for programs under sanitizers. The machine's: libos-kv/memory/reference.hpp.
#pragma once

#include <cstdint>

namespace exo::kv {

struct BlockReference {
    static constexpr unsigned octets = 8, shift = 0;
    static constexpr std::uintptr_t base = 0;
};

} // namespace exo::kv
