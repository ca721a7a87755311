// Downloaded packet code: what crosses between the kernel, the library OS that hands a program over, and the program
// itself. Instructions are those of RFC 9669; what is refused of them is in secure-bindings/filter/README.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

inline constexpr std::size_t filter_instructions_max = 1024;
inline constexpr std::size_t filter_stack_bytes = 512;
inline constexpr std::size_t filter_scratch_bytes_max = 4096;
inline constexpr std::size_t filter_counters = 64; // per owner, bumped by the helper `count`
inline constexpr std::uint32_t filter_packet_bytes_max = 65535;
inline constexpr std::uint32_t filter_checksum_bytes_max = 2048; // of one region
// Most instructions that one run may take, a helper counting as filter_helper_cost and one for each 4 octets it reads.
inline constexpr std::uint32_t filter_cost_max = 8192;
inline constexpr std::uint32_t filter_helper_cost = 16;

// One instruction (RFC 9669, 3.1); a wide one takes two.
struct FilterInstruction {
    std::uint8_t opcode;
    std::uint8_t registers; // destination in the low four bits, source in the high ones
    std::int16_t offset;
    std::int32_t immediate;
};
static_assert(sizeof(FilterInstruction) == 8);

enum class FilterKind : std::uint8_t {
    Filter = 1,  // accepts (not 0) or not (0); reads the packet only
    Handler = 2, // returns a FilterVerdict; may write the packet
};

enum class FilterVerdict : std::uint8_t {
#define EXO_FILTER_VERDICT(number, name, author_name, meaning) name = number,
#include "secure-bindings/abi/filter_verdicts.def"
#undef EXO_FILTER_VERDICT
};
inline constexpr std::uint64_t filter_verdict_last = 3;

enum class FilterHelper : std::uint8_t {
#define EXO_FILTER_HELPER(number, name, kinds, arguments, meaning) name = number,
#include "secure-bindings/abi/filter_helpers.def"
#undef EXO_FILTER_HELPER
};
inline constexpr std::size_t filter_helpers = 4;

namespace filter_flag {
inline constexpr std::uint32_t checksum_good = 1u << 0; // the device vouches for the transport checksum
} // namespace filter_flag

struct FilterContext {
#define EXO_FILTER_FIELD(type, name, meaning) type name;
#include "secure-bindings/abi/filter_context.def"
#undef EXO_FILTER_FIELD
};
static_assert(sizeof(FilterContext) == 32 && offsetof(FilterContext, data_end) == 8 &&
              offsetof(FilterContext, scratch) == 16 && offsetof(FilterContext, length) == 24 &&
              offsetof(FilterContext, flags) == 28);

// A program in a file, as exo-bpf-cc writes it: this, then the instructions. Little-endian.
struct FilterFileHeader {
    std::uint8_t magic[8]; // filter_file_magic
    FilterKind kind;
    std::uint8_t reserved[3]; // 0
    std::uint32_t scratch_bytes;
    std::uint32_t instruction_count;
    std::uint32_t cost; // as the verifier of exo-bpf-cc found it; for the reader's information only
};
static_assert(sizeof(FilterFileHeader) == 24);
inline constexpr std::uint8_t filter_file_magic[8] = {'e', 'x', 'o', 'b', 'p', 'f', '0', '1'};

} // namespace exo
