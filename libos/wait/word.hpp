// Reading the word that a wait is about, which lies in the program's memory. On the host there is a double of word.cpp.
#pragma once

#include <cstdint>

namespace exo {

// Reads the word, unmasked, so that its page may come in. False when it cannot be read. Not under a lock.
bool touch_word(std::uint64_t address, std::uint32_t* value);

} // namespace exo
