// Bringing the kit up: from the starter's StartInfo to a running thread 1 with memory, time, threads and events.
// A library OS calls exo_kit_start first of all, on vcore 0. Programs that are a library OS themselves: native.hpp.
#pragma once

#include "libos/start/start_info.hpp"

#include <initializer_list>

namespace exo {

// What a start can fail with: one sentence on the kernel log, then the environment stops with 125. Afterwards the
// caller runs as thread 1, unmasked, on the stack it came with.
extern "C" void exo_kit_start(const StartInfo* start);

const StartInfo& start_info();
// The environment's own number, as the info pages know it.
std::uint64_t environment_number();
const char* start_string(std::uint32_t offset);
// Entry `index` of a list of offsets at `list_offset`.
const char* start_list_string(std::uint32_t list_offset, std::uint32_t index);

// Stops the environment. Status as a shell shows it: 0 to 255.
[[noreturn]] void exit_environment(std::uint64_t status);
// Writes to the kernel log if the environment may. In any case the text joins the environment's last words
// (start_info.hpp), in the place of older ones when they are full; the steward shows them when the status is not 0.
void log_text(const char* text, std::size_t bytes);
// A line of pieces: text and numbers.
struct LogPiece {
    const char* text = nullptr;
    std::uint64_t number = 0;
    unsigned base = 0; // 10 or 16 for numbers
};
void log_line(std::initializer_list<LogPiece> pieces);
constexpr LogPiece decimal(std::uint64_t number) {
    return {nullptr, number, 10};
}
constexpr LogPiece hexadecimal(std::uint64_t number) {
    return {nullptr, number, 16};
}

} // namespace exo
