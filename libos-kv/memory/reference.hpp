// How an index keeps the address of a block: in five octets, as a block of `allocate` is aligned to eight and lies in
// the upper eight TiB of what user code may address, where the kit has its direct map. Under sanitizers, whose blocks
// lie anywhere and have to be found by who looks for leaks, libos-kv/host-double has another header of this name.
#pragma once

#include <cstdint>

namespace exo::kv {

struct BlockReference {
    static constexpr unsigned octets = 5, shift = 3;
    static constexpr std::uintptr_t base = 0x7800'0000'0000;
};

} // namespace exo::kv
