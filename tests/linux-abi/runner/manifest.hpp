// The list of programs to run (tests/linux-abi/manifest.txt), parsed and checked.
// How a program is built is not here: that is in programs.ninja.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace exo::linux_abi {

inline constexpr unsigned vcores_max = 64;
inline constexpr std::size_t programs_max = 1000;

struct Program {
    std::string name;
    unsigned vcores = 1;
    int status = 0;                       // expected, as a shell shows it: 128 + n for signal n
    std::vector<std::string> environment; // each K=V
    std::vector<std::string> arguments;   // after the scratch folder
};

// One line a program: NAME VCORES STATUS [env:K=V]... [arg:TEXT]...; `#` starts a comment line.
// The error is one sentence with the line's number.
std::expected<std::vector<Program>, std::string> parse_manifest(std::string_view text);

} // namespace exo::linux_abi
