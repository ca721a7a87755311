// What the kernel and the steward, its first environment, agree on: the header of the steward's image
// and the block that tells it the root capabilities. Other environments never see these; they get a
// StartInfo from their starter (libos/start/start_info.hpp).
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

inline constexpr std::uint64_t steward_magic = 0x3172'6177'6574'7365ull; // "estewar1" in memory order
// Number of the steward, the first environment.
inline constexpr std::uint16_t steward_environment = 1;
inline constexpr std::uint64_t steward_load_address = 0x2'0000'0000ull;

// The first page of the image. The kernel places the file at load_address and zero-fills up to memory_bytes:
// [0, text_bytes) readable and executable, the rest readable and writable. All addresses are virtual, all sizes
// and addresses but `entry` and `file_bytes` are multiples of a page; the last steward_stack_bytes of the memory are
// the stack.
struct StewardHeader {
    std::uint64_t magic;
    std::uint64_t load_address;
    std::uint64_t file_bytes;   // of the whole file, this header included
    std::uint64_t text_bytes;   // from the beginning of the file, this header included
    std::uint64_t memory_bytes; // from load_address, zero-filled area and stack included
    std::uint64_t entry;        // vcore 0 starts here, masked, rsp = load_address + memory_bytes, rdi = start_block
    std::uint64_t upcall_page;  // one writable page of the memory: becomes vcore 0's upcall page
    std::uint64_t start_block;  // one writable page of the memory: the kernel writes a StewardStart here
};
static_assert(sizeof(StewardHeader) == 64);
inline constexpr std::uint64_t steward_header_bytes = page_bytes;
inline constexpr std::uint64_t steward_stack_bytes = 64 * 1024;

inline constexpr std::size_t steward_frame_runs_max = 8;

struct StewardFrames {
    Handle handle;
    std::uint64_t first;
    std::uint64_t count;
};

struct StewardStart {
    std::uint64_t version; // abi_version
    Handle machine;        // Create, Log, Power
    // All memory that neither the kernel, the steward's image and tables, nor the archive occupy; every right of
    // frames.
    std::uint64_t frame_run_count;
    StewardFrames frame_runs[steward_frame_runs_max];
    StewardFrames archive; // Read and Grant only; the archive begins at the first byte of its first frame
    Handle slices;         // slot 0 to core_count * wheel_slots - 1; those of core 0 are bound to the steward
    Handle functions;      // function 0 to function_count - 1; no_handle when there are none
    std::uint64_t seed[4]; // randomness gathered at boot
};
static_assert(sizeof(StewardStart) <= page_bytes);

} // namespace exo
