// Byte routines for code beneath a program: no vector registers, eight bytes a step, no string instructions
// (which emulated machines run byte by byte). bytes.cpp also defines memcpy and its kin for the compiler.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

void copy_bytes(void* to, const void* from, std::size_t bytes); // the ranges do not overlap
void move_bytes(void* to, const void* from, std::size_t bytes); // they may
void fill_bytes(void* to, int value, std::size_t bytes);
int compare_bytes(const void* left, const void* right, std::size_t bytes);
std::size_t string_length(const char* text);
bool same_string(const char* left, const char* right);
// Zeroes whole pages: `page` is aligned to 4 KiB. Twice as fast as fill_bytes.
void zero_pages(void* page, std::size_t pages);
void copy_page(void* to, const void* from);

} // namespace exo
