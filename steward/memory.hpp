// Frames as the steward has them: taken from the root capabilities in order, and looked at through windows
// in its own address space. Nothing is given back while programs run.
#pragma once

#include "secure-bindings/abi/boot.hpp"

namespace exo::steward {

// A run of frames in front of a root capability, being used up.
struct FrameRun {
    Handle handle; // the root that covers it
    std::uint64_t next;
    std::uint64_t end;

    [[nodiscard]] std::uint64_t left() const { return end - next; }
    // First of `count` frames, or 0 when the run has not that many.
    std::uint64_t take(std::uint64_t count, std::uint64_t alignment = 1);
};

// Binds page tables so that [begin, end) of `environment` can be mapped; pairs come from `run` under `handle`
// (the environment's own name for the run's capability).
bool add_tables(Handle environment, Handle handle, std::uint64_t begin, std::uint64_t end, FrameRun& run);

// Maps `count` 4 KiB pages. The error, if any, is the kernel's.
Status map_pages(Handle environment, Handle handle, std::uint64_t address, std::uint64_t first_frame,
                 std::uint64_t count, Rights rights);

// A writable view of frames in the steward's own address space, at most window_pages at a time. The frames must be
// covered by `handle`; close it before they are used for anything else.
inline constexpr std::uint64_t window_pages = 512;
std::byte* open_window(Handle handle, std::uint64_t first_frame, std::uint64_t count);
void close_window(std::uint64_t count);
// Makes the window's own tables, once.
bool start_window(FrameRun& run);

void fill_frames_zero(Handle handle, std::uint64_t first_frame, std::uint64_t count);

} // namespace exo::steward
