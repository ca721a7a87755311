// See user_memory.hpp; the copies themselves are in user_memory.S.
#include "libos/upcall/user_memory.hpp"

#include "libos/memory/bytes.hpp"
#include "secure-bindings/abi/types.hpp"

#include <algorithm>

extern "C" {
std::uint64_t exo_user_copy(void* to, const void* from, std::size_t bytes);
std::uint64_t exo_user_zero(void* to, std::size_t bytes);
extern const char exo_user_copy_begin[], exo_user_copy_end[], exo_user_copy_failed[];
}

namespace exo {

namespace {

bool is_user(std::uint64_t address, std::size_t bytes) {
    return address < user_end && bytes <= user_end - address;
}

// Safe in the callers: only touched by the copies that may fail.
void* pointer(std::uint64_t address) {
    return reinterpret_cast<void*>(address);
}

} // namespace

bool copy_from_user(void* to, std::uint64_t from, std::size_t bytes) {
    return is_user(from, bytes) && exo_user_copy(to, pointer(from), bytes) == 0;
}

bool copy_to_user(std::uint64_t to, const void* from, std::size_t bytes) {
    return is_user(to, bytes) && exo_user_copy(pointer(to), from, bytes) == 0;
}

bool zero_user(std::uint64_t to, std::size_t bytes) {
    return is_user(to, bytes) && exo_user_zero(pointer(to), bytes) == 0;
}

std::int64_t copy_string_from_user(char* to, std::uint64_t from, std::size_t bytes_max) {
    std::size_t done = 0;
    while (done < bytes_max) {
        // Never across a page border before it is known that the string goes on there.
        const std::size_t step = std::min<std::size_t>(bytes_max - done, page_bytes - (from + done) % page_bytes);
        if (!copy_from_user(to + done, from + done, step))
            return -1;
        for (std::size_t end = done + step; done < end; ++done) {
            if (to[done] == 0)
                return static_cast<std::int64_t>(done);
        }
    }
    return static_cast<std::int64_t>(bytes_max);
}

bool recover_user_copy(RegisterFrame& frame) {
    const auto begin =
        reinterpret_cast<std::uint64_t>(exo_user_copy_begin); // Safe: addresses of labels, compared only.
    const auto end = reinterpret_cast<std::uint64_t>(exo_user_copy_end);
    if (frame.rip < begin || frame.rip >= end)
        return false;
    frame.rip = reinterpret_cast<std::uint64_t>(exo_user_copy_failed);
    return true;
}

} // namespace exo
