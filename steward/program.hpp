// One program put into an environment of its own: the image, its tables, the start block, its vcores and
// what it was granted. Who gets what was decided in plan.*.
#pragma once

#include "libos/archive/archive.hpp"
#include "steward/disks.hpp"
#include "steward/manifest.hpp"
#include "steward/memory.hpp"
#include "steward/nics.hpp"

namespace exo::steward {

struct VcorePlan {
    std::uint32_t core;
    std::uint32_t first_slot; // in the core's wheel
    std::uint32_t slot_count;
};

// Everything a program is to have, by the names of the roots.
struct ProgramPlan {
    const ProgramWish* wish;
    const Manifest* manifest;
    const StewardStart* roots;
    std::span<const std::byte> image; // the ELF file
    std::uint64_t archive_bytes;
    FrameRun memory[steward_frame_runs_max]; // memory[0] holds the image; handles are the roots'
    std::size_t memory_count;
    FrameRun spare; // of the wish's spare_bytes, or empty
    VcorePlan vcores[max_cores];
    std::size_t vcore_count;
    std::uint32_t functions[functions_max]; // indices, as wished
    const SharedNic* nics;                  // those of the manifest
    SharedDisk* disks;                      // the same
};

struct Started {
    Handle environment;
    std::uint64_t number; // in the info pages
    Handle memory;        // the steward's name for what holds the start block
    std::uint64_t start_frame;
};

// The error is one sentence without its full stop.
std::expected<Started, const char*> start_program(ProgramPlan& plan);

} // namespace exo::steward
