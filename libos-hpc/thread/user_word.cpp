// Interface: user_word.hpp.
#include "libos-hpc/thread/user_word.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/upcall/user_memory.hpp"

namespace exo::hpc {

Outcome<UserWord> UserWord::at(std::uint64_t address) {
    std::uint32_t value;
    if (address % sizeof value)
        return fail(Errno::INVAL);
    if (!read_user(&value, address) || !address_space().allows(address, sizeof value, right::Write))
        return fail(Errno::FAULT);
    return UserWord(reinterpret_cast<std::uint32_t*>(address)); // Safe: mapped, and writable by the program.
}

} // namespace exo::hpc
