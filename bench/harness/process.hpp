// Runs one host program to its end, with a deadline, and keeps what it printed.
// No shell is involved. Also whole-file reading and writing, used beside it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace bench {

struct ProcessResult {
    int status = 0;         // exit status; 128 + signal when a signal ended it
    bool timed_out = false; // the deadline passed and the program was killed
    std::string output;     // stdout and stderr together, in order of arrival
};

struct ProcessOptions {
    std::chrono::milliseconds timeout = std::chrono::seconds(60);
    std::filesystem::path directory = {};         // where it starts; empty: here
    bool merge_stderr = true;                     // false: stderr stays the caller's
    void (*before)() = nullptr;                   // called in the process itself, before it becomes the program
    std::function<void(pid_t)> started = {};      // told the process once, by the thread that waits for it
    const std::atomic<bool>* abandoned = nullptr; // once true, the process is asked to end, and soon made to
};

inline constexpr std::size_t process_output_bytes_max = 64u << 20;

// The error is a sentence naming the program that could not be started.
std::expected<ProcessResult, std::string> run_process(const std::vector<std::string>& command,
                                                      const ProcessOptions& options = {});

std::expected<std::vector<std::uint8_t>, std::string> read_file(const std::filesystem::path& path);

// Writes beside the target and renames, so that a reader never sees half a file.
std::expected<void, std::string> write_file(const std::filesystem::path& path, std::string_view content);
std::expected<void, std::string> write_file(const std::filesystem::path& path, std::span<const std::uint8_t> content);

} // namespace bench
