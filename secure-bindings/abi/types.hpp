// Numbers, handles and errors that both sides of the system-call border share.
// Nothing here allocates, blocks or depends on hardware. Calls: syscalls.def.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

namespace exo {

inline constexpr std::uint64_t abi_version = 1;

inline constexpr std::uint64_t page_bytes = 4096;
inline constexpr unsigned page_shift = 12;
inline constexpr std::uint64_t large_page_bytes = 2ull << 20;
inline constexpr std::uint64_t huge_page_bytes = 1ull << 30;
inline constexpr std::uint64_t frames_per_large = large_page_bytes / page_bytes;
inline constexpr std::uint64_t frames_per_huge = huge_page_bytes / page_bytes;

// First address that is not user memory. The last page of the canonical lower half (Intel SDM 3.3.7.1) is never
// mapped, so that the address after a SYSCALL instruction is always canonical and SYSRET cannot fault in ring 0.
inline constexpr std::uint64_t user_end = 0x0000'7fff'ffff'f000ull;

// Limits of one kernel; every table of the kernel has one of these sizes.
inline constexpr std::size_t max_cores = 64;
inline constexpr std::size_t max_environments = 256;
inline constexpr std::size_t max_vcores = 512;
inline constexpr std::size_t max_functions = 64;
inline constexpr std::size_t max_nics = 8; // that the kernel shares out
// Frames that a NIC's sharer gives: tables of its DMA domain, 2 MiB of rings and buffers, and the book of its flows.
inline constexpr std::uint64_t nic_frames_min = 8 + frames_per_large + 20;
inline constexpr std::uint64_t nic_frames_max = 8 + frames_per_large + 4096;
inline constexpr std::size_t wheel_slots = 64;
inline constexpr std::size_t events_per_vcore = 64;
inline constexpr std::size_t log_bytes_max = 1024;
inline constexpr std::size_t bind_batch_max = 1024;
// Mappings that one frame (or one large page) may have at a time, all environments and devices together.
inline constexpr std::size_t mappings_per_frame_max = 64;
// Generations of derived capabilities below a root.
inline constexpr std::size_t derivation_depth_max = 16;

enum class [[nodiscard]] Error : std::int32_t {
#define EXO_ERROR(number, name, meaning) name = number,
#include "secure-bindings/abi/errors.def"
#undef EXO_ERROR
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

constexpr const char* error_name(Error error) {
    switch (error) {
#define EXO_ERROR(number, name, meaning)                                                                               \
    case Error::name:                                                                                                  \
        return #name;
#include "secure-bindings/abi/errors.def"
#undef EXO_ERROR
    }
    return "unknown error";
}

// A set of rights; the bits are those of rights.def.
using Rights = std::uint32_t;
namespace right {
#define EXO_RIGHT(bit, name, meaning) inline constexpr Rights name = 1u << (bit);
#include "secure-bindings/abi/rights.def"
#undef EXO_RIGHT
inline constexpr Rights all = (1u << 16) - 1;
} // namespace right

// What a capability is a right to, and the unit of its range.
enum class Kind : std::uint8_t {
    None = 0,
    Frames = 1,      // 4 KiB frames by physical number
    Slices = 2,      // slots of slice wheels: core * wheel_slots + slot
    Function = 3,    // PCI functions by index in the device info page
    Environment = 4, // environments by number
    Event = 5,       // event bits: (environment << 32) | (vcore << 8) | bit
    Gate = 6,        // gates: (environment << 32) | (vcore << 16) | badge
    Machine = 7,     // the machine as a whole: create, log, power
    Flow = 8,        // packets of a shared NIC, by the number of the record that describes them (abi/flow.hpp)
    Extent = 9,      // blocks of a shared disk: (function << extent_block_bits) | block (abi/extent.hpp)
};

// Names a capability in the caller's own table: slot in the low 16 bits, generation above.
// A handle is a claim: holding one proves nothing until the kernel has looked it up.
using Handle = std::uint64_t;
inline constexpr Handle no_handle = 0;
// Names the calling environment where a call takes an environment.
inline constexpr Handle self = ~0ull;

constexpr std::uint32_t handle_slot(Handle handle) {
    return static_cast<std::uint32_t>(handle & 0xffff);
}
constexpr std::uint32_t handle_generation(Handle handle) {
    return static_cast<std::uint32_t>(handle >> 16);
}
constexpr Handle make_handle(std::uint32_t slot, std::uint32_t generation) {
    return (static_cast<Handle>(generation) << 16) | slot;
}

// What inspect tells of a capability.
struct CapabilityInfo {
    std::uint64_t first; // first unit of the range
    std::uint64_t count; // units in the range
    Rights rights;
    Kind kind;
    std::uint8_t depth;         // generations below its root
    std::uint16_t revoking;     // nonzero once its return has been asked for
    std::uint64_t deadline_tsc; // when it may be repossessed, if revoking
    std::uint64_t children;     // nonzero when something is derived from it
};
static_assert(sizeof(CapabilityInfo) == 40);

} // namespace exo
