// What a program finds at its start: the contract between whoever starts an environment (the
// steward, or any library OS that creates children) and the library OS in it. The kernel knows nothing of it.
// One read-write page run at start_info_address; strings are offsets from its beginning.
#pragma once

#include "secure-bindings/abi/flow.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

inline constexpr std::uint64_t start_info_version = 4;
// Fixed places of a fresh environment, below the highest user address and far from any program.
inline constexpr std::uint64_t start_info_address = 0x7fff'f000'0000ull;
inline constexpr std::uint64_t start_info_bytes_max = 1ull << 20;
inline constexpr std::uint64_t upcall_pages_address = 0x7fff'e000'0000ull;     // one page a vcore
inline constexpr std::uint64_t environment_page_address = 0x7fff'e100'0000ull; // EnvironmentPage, read only
inline constexpr std::uint64_t capability_table_address = 0x7fff'e110'0000ull; // Slot[], read only
inline constexpr std::uint64_t initial_stack_top = 0x7fff'd000'0000ull;        // grows down from here
inline constexpr std::uint64_t initial_stack_bytes = 64 * 1024;
inline constexpr std::uint64_t archive_address = 0x7fff'0000'0000ull; // boot archive, read only, if granted

// All granted frames stay mapped here, frame f at direct_map_address + f * page_bytes, except those that hold
// page tables. Set up by the library OS itself; kept free by whoever loads the program.
inline constexpr std::uint64_t direct_map_address = 0x7e00'0000'0000ull;
inline constexpr std::uint64_t direct_map_frames_max = 1ull << 28; // 1 TiB of physical addresses

inline constexpr std::size_t start_frame_runs_max = 8;
inline constexpr std::size_t start_mappings_max = 32;
inline constexpr std::size_t start_functions_max = 16;
inline constexpr std::size_t start_shares_max = 8;
inline constexpr std::size_t start_flows_max = 8;
inline constexpr std::size_t start_extents_max = 4;
inline constexpr std::size_t last_words_bytes_max = 512;

// A PCI function granted to the program.
struct StartFunction {
    Handle handle;
    std::uint32_t index; // in the device info page
    std::uint32_t role;  // virtio device id for a virtio function (3 console, 9 9P), else 0
};

// A flow of a NIC that the kernel shares out.
struct StartFlow {
    Handle handle;
    std::uint64_t nic; // in the NIC info page
    FlowSpec spec;
};

// Blocks of a disk that the kernel shares out. Who signals `help`, an event of the starter's, says that a command takes
// too long: the starter may reset the controller then, and whoever had a ring of that disk binds it anew.
struct StartExtent {
    Handle handle;
    std::uint64_t blocks;
    Handle help = no_handle; // none: nobody can be asked
};

// A run of physical memory granted to the program.
struct StartFrames {
    Handle handle; // Frames with Read Write Execute Dma Retype Grant
    std::uint64_t first;
    std::uint64_t count;
    std::uint64_t free; // first frame not used by image, tables and this block; up to the end of the run all are free
};

// Pages that the starter mapped, so that the library OS knows the frames behind its own image.
struct StartMapping {
    std::uint64_t address;
    std::uint64_t first_frame;
    std::uint64_t pages;
    std::uint32_t rights;         // right::Read, Write, Execute
    std::uint32_t page_order = 0; // 0: pages are 4 KiB, 9: 2 MiB; `pages` counts those
};

struct StartInfo {
    std::uint64_t version;
    std::uint64_t bytes; // of the whole block with its strings
    // Capabilities in the environment's own table; no_handle where nothing was granted.
    std::uint64_t frame_run_count; // at least 1; run 0 holds the image
    StartFrames frame_runs[start_frame_runs_max];
    // Frames granted beside the runs above, which no library OS touches: for programs that bind by hand. count may be
    // 0.
    StartFrames spare;
    std::uint64_t mapping_count;
    StartMapping mappings[start_mappings_max];
    Handle environment;        // the environment itself, to derive events and gates from
    Handle machine;            // Log, Power or Create if the manifest grants them
    Handle slices[max_cores];  // per vcore: the slots it was given
    std::uint64_t vcore_count; // created and bound to their slices; vcore 0 is running, the others not started
    std::uint64_t vcore_core[max_cores];
    std::uint64_t function_count;
    StartFunction functions[start_functions_max];
    std::uint64_t flow_count;
    StartFlow flows[start_flows_max];
    std::uint64_t extent_count;
    StartExtent extents[start_extents_max];
    // Program image, for whoever wants to symbolise or build an auxiliary vector.
    std::uint64_t image_begin;     // lowest address of a segment
    std::uint64_t image_end;       // highest address, rounded up to a page
    std::uint64_t program_headers; // address in memory, 0 when not loaded
    std::uint64_t program_header_count;
    std::uint64_t program_entry; // the entry point of the ELF file, where vcore 0 was started
    // Command line. Each list is `count` offsets (u32) to NUL-terminated strings.
    std::uint32_t argument_count, arguments_offset;
    std::uint32_t environment_count, environment_offset;
    std::uint32_t program_path_offset; // inside the boot archive
    std::uint32_t share_count;
    std::uint32_t share_tags_offset; // list of offsets
    std::uint32_t share_read_only;   // bit i: share i is read only
    std::uint64_t archive_bytes;     // mapped at archive_address, or 0
    std::uint64_t trace;             // nonzero: record events
    std::uint64_t seed[4];           // randomness gathered by the starter
    // Written by the program: what it last had to say that may have reached nobody, up to a NUL. The starter reads it
    // when the program has ended.
    char last_words[last_words_bytes_max];
};

} // namespace exo
