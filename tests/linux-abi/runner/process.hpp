// One host process run to its end: its output in files, its time bounded, its
// processors and environment as told. Nothing here knows what is being tested.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace exo::linux_abi {

struct Command {
    std::vector<std::string> words;                      // the program and its arguments
    std::optional<std::vector<std::string>> environment; // the caller's when not given
    std::filesystem::path folder;                        // to run in; where we are when empty
    std::filesystem::path stdout_file;
    std::filesystem::path stderr_file;
    unsigned processors = 0; // the first so many of those we may use; 0 for all
    std::chrono::seconds timeout{60};
};

// The exit status as a shell shows it, 128 + n for signal n; standard input is empty.
// At the timeout the process and its children are killed and the error says so.
std::expected<int, std::string> run(const Command& command);

} // namespace exo::linux_abi
