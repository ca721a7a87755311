// The lines of code that run in ring 0, as the build recorded them: for the bench and for the limit that tests/tidy
// holds.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace bench::boot {

// Lines that hold code of the sources that the kernel was compiled from, headers included, each file once. The error is
// a sentence for the user. From the repository's root, after a build.
std::expected<std::size_t, std::string> ring0_lines();

// Lines of a source text that hold code: neither blank nor comment only.
std::size_t code_lines(std::string_view source);

} // namespace bench::boot
