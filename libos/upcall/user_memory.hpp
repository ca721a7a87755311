// Touching a program's memory on its word: copies that end at the first byte which cannot be touched instead of
// ending the program. The caller is unmasked, so that demand-zero pages come in as for the program itself.
#pragma once

#include "libos/upcall/register_frame.hpp"
#include "secure-bindings/abi/types.hpp"

#include <cstddef>
#include <cstdint>

// Of user_memory.S: 0 when it was read.
extern "C" std::uint64_t exo_user_load_word(std::uint64_t from, std::uint32_t* word);

namespace exo {

// Each returns false when some byte could not be read or written; what was copied until then stays.
bool copy_from_user(void* to, std::uint64_t from, std::size_t bytes);
bool copy_to_user(std::uint64_t to, const void* from, std::size_t bytes);
bool zero_user(std::uint64_t to, std::size_t bytes);
// An aligned word, in one access.
inline bool load_user_word(std::uint64_t from, std::uint32_t* word) {
    return from < user_end && from % sizeof *word == 0 && exo_user_load_word(from, word) == 0;
}
// Bytes before the NUL, at most `bytes_max`; -1: not readable, bytes_max: no NUL found.
std::int64_t copy_string_from_user(char* to, std::uint64_t from, std::size_t bytes_max);
template <typename T>
bool read_user(T* to, std::uint64_t from) {
    return copy_from_user(to, from, sizeof(T));
}
template <typename T>
bool write_user(std::uint64_t to, const T& value) {
    return copy_to_user(to, &value, sizeof(T));
}

// For exception handlers, before they report a fault: if it happened inside one of the copies above, makes the copy
// fail and returns true; resume then.
bool recover_user_copy(RegisterFrame& frame);

} // namespace exo
