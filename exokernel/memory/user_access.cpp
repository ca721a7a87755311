// See user_access.hpp; the copying instructions and their fixups are in arch/x86_64/trap_entry.S.
#include "exokernel/memory/user_access.hpp"

namespace exo {

extern "C" std::uint32_t user_copy(void* to, const void* from, std::uint64_t bytes);
extern "C" const std::uint64_t user_access_fixups_begin[];
extern "C" const std::uint64_t user_access_fixups_end[];

namespace {

bool in_user_half(std::uint64_t address, std::size_t bytes) {
    return address < user_end && bytes <= user_end - address;
}

} // namespace

Status copy_from_user(void* to, std::uint64_t from, std::size_t bytes) {
    // Safe: user_copy survives a fault on either side.
    if (!in_user_half(from, bytes) || user_copy(to, reinterpret_cast<const void*>(from), bytes))
        return std::unexpected(Error::BadAddress);
    return {};
}

Status copy_to_user(std::uint64_t to, const void* from, std::size_t bytes) {
    // Safe: as above.
    if (!in_user_half(to, bytes) || user_copy(reinterpret_cast<void*>(to), from, bytes))
        return std::unexpected(Error::BadAddress);
    return {};
}

std::uint64_t user_access_fixup(std::uint64_t rip) {
    for (const std::uint64_t* row = user_access_fixups_begin; row < user_access_fixups_end; row += 2)
        if (row[0] == rip)
            return row[1];
    return 0;
}

} // namespace exo
