// See word.hpp.
#include "libos/wait/word.hpp"

#include "libos/upcall/mask.hpp"
#include "libos/upcall/user_memory.hpp"

namespace exo {

bool touch_word(std::uint64_t address, std::uint32_t* value) {
    UnmaskGuard unmasked;
    return load_user_word(address, value);
}

} // namespace exo
