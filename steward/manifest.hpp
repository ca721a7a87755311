// The boot manifest, parsed: what each program is to get. Text in, plain data out; nothing is looked up.
// The directives are listed in README.md.
#pragma once

#include "secure-bindings/abi/flow.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace exo::steward {

inline constexpr std::size_t programs_max = 8;
inline constexpr std::size_t words_max = 512; // arguments and variables of all programs
inline constexpr std::size_t text_bytes_max = 256 * 1024;
inline constexpr std::size_t functions_max = 16;
inline constexpr std::size_t flows_max = 8; // of a program
inline constexpr std::size_t shared_disks_max = 4;
inline constexpr std::size_t extents_max = shared_disks_max; // of a program: one a disk
inline constexpr std::size_t removals_max = 16;
inline constexpr std::size_t primaries_max = 4;

// A function wanted by PCI identity.
struct FunctionWish {
    std::uint16_t vendor;
    std::uint16_t device;
    std::uint32_t role;      // virtio device id, or 0
    bool is_virtual = false; // a virtual function; else none
    std::size_t order = 0;   // of the manifest's lines about functions: earlier ones choose first
};

// A flow of one of the shared NICs.
struct FlowWish {
    std::uint64_t nic; // index in Manifest::nics
    FlowSpec spec;
};

// Blocks of one of the shared disks, under the program's name.
struct ExtentWish {
    std::uint64_t disk;  // index in Manifest::disks
    std::uint64_t bytes; // 0: what it has, or all that is left
};

// Blocks of a shared disk that their owner gives up.
struct ExtentRemoval {
    std::uint64_t disk;
    std::string_view owner;
};

struct ProgramWish {
    std::string_view path;
    std::string_view name;                      // argument 0
    std::size_t first_argument, argument_count; // in Manifest::words
    std::size_t first_variable, variable_count;
    std::uint64_t vcores = 1;
    std::uint64_t memory_bytes = 0; // 0: all
    std::uint64_t spare_bytes = 0;
    FunctionWish functions[functions_max];
    std::size_t function_count = 0;
    FlowWish flows[flows_max];
    std::size_t flow_count = 0;
    ExtentWish extents[extents_max];
    std::size_t extent_count = 0;
    std::string_view share_tags[8];
    std::size_t share_count = 0;
    std::uint32_t share_read_only = 0; // bit i: share i
    std::uint32_t machine_rights = 0;
    bool trace = false;
};

struct Manifest {
    FunctionWish nics[max_nics]; // functions that the kernel shares out
    std::size_t nic_count = 0;
    FunctionWish disks[shared_disks_max]; // the same, disks
    std::size_t disk_count = 0;
    FunctionWish primaries[primaries_max]; // disks whose virtual functions are put on line
    std::size_t primary_count = 0;
    ExtentRemoval removals[removals_max];
    std::size_t removal_count = 0;
    std::size_t wish_count = 0; // functions wished for, by all programs and to be shared
    ProgramWish programs[programs_max];
    std::size_t program_count = 0;
    std::string_view words[words_max]; // decoded
    std::size_t word_count = 0;
    char text[text_bytes_max]; // what the decoded words point into
    std::size_t text_bytes = 0;
};

// What is wrong, and on which line.
struct ManifestProblem {
    const char* text; // one sentence without its full stop
    std::size_t line;
};

// The words behind `flow NIC`: README.md. Null, or one sentence without its full stop.
const char* parse_flow(std::string_view words, FlowSpec& spec);

std::expected<void, ManifestProblem> parse_manifest(std::string_view text, Manifest& manifest);

} // namespace exo::steward
