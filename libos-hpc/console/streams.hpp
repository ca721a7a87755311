// The program's three standard streams: ports of a virtio console when the program was granted one, else the kernel log
// for output and nothing for input. The console is brought up at the first use.
#pragma once

#include "libos-hpc/linux/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace exo::hpc {

enum class Stream : std::uint8_t { Input, Output, Error, Trace };

// Waits until something is there; 0 at the end of the stream. Errors: INTR, AGAIN (would wait, and `wait` is false),
// IO.
Outcome<std::size_t> read_stream(Stream stream, std::span<std::byte> buffer, bool wait);
// Writes all of it. Errors: IO (the host took nothing for too long).
Outcome<std::size_t> write_stream(Stream stream, std::span<const std::byte> buffer);
// Whether a read would not wait.
bool stream_readable(Stream stream);
// Waits until the host has everything. False when something was written and the console that was granted cannot be
// used.
bool drain_streams();

} // namespace exo::hpc
