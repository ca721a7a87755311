// See word.hpp.
#include "libos/wait/word.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/upcall/mask.hpp"
#include "libos/upcall/user_memory.hpp"

namespace exo {

bool touch_word(std::uint64_t address, std::uint32_t* value) {
    UnmaskGuard unmasked;
    return address % sizeof(*value) == 0 && read_user(value, address);
}

bool read_word(std::uint64_t address, std::uint32_t* value) { return address_space().load_word(address, value); }

} // namespace exo
