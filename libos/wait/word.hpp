// Reading the word that a wait is about, which lies in the program's memory. On the host there is a double of word.cpp.
#pragma once

#include <cstdint>

namespace exo {

// Brings the word's page in and reads it. False when it cannot be read. Not under a lock.
bool touch_word(std::uint64_t address, std::uint32_t* value);
// Reads a word whose page was touched a moment ago; masked, under a lock. False when the page is not there any more.
bool read_word(std::uint64_t address, std::uint32_t* value);

} // namespace exo
