// Facts of NVM Express 1.4: registers (3.1), queue entries (4.2, 4.6), admin commands (5), NVM commands (6), identify
// data (5.15.2), SGLs (4.4). No behaviour: controller.hpp, queue.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::nvme {

inline constexpr std::uint32_t pci_class = 0x010802; // mass storage, non-volatile memory, NVMe
inline constexpr unsigned register_bar = 0;
inline constexpr std::uint64_t page_bytes = 4096; // CC.MPS of 0, the only one used

namespace reg {
inline constexpr std::uint64_t capabilities = 0x00; // 64 bits
inline constexpr std::uint64_t version = 0x08;
inline constexpr std::uint64_t configuration = 0x14;
inline constexpr std::uint64_t status = 0x1c;
inline constexpr std::uint64_t admin_sizes = 0x24;
inline constexpr std::uint64_t admin_submission = 0x28; // 64 bits
inline constexpr std::uint64_t admin_completion = 0x30; // 64 bits
inline constexpr std::uint64_t doorbells = 0x1000;
} // namespace reg

namespace capabilities {
inline constexpr std::uint32_t entries_most(std::uint64_t value) { // 0-based in the register
    return (value & 0xffff) + 1;
}
inline constexpr std::uint64_t timeout_us(std::uint64_t value) {
    return (value >> 24 & 0xff) * 500'000;
}
inline constexpr std::uint32_t doorbell_stride(std::uint64_t value) { // bytes
    return 4u << (value >> 32 & 0xf);
}
inline constexpr bool has_nvm_commands(std::uint64_t value) {
    return (value >> 37 & 1) != 0;
}
inline constexpr std::uint64_t page_bytes_least(std::uint64_t value) {
    return page_bytes << (value >> 48 & 0xf);
}
} // namespace capabilities

namespace configuration {
inline constexpr std::uint32_t enable = 1u << 0;
inline constexpr std::uint32_t shutdown_mask = 3u << 14, shutdown_normal = 1u << 14;
inline constexpr std::uint32_t entry_sizes = 6u << 16 | 4u << 20; // 64 and 16 bytes, as powers of two
} // namespace configuration

namespace status {
inline constexpr std::uint32_t ready = 1u << 0;
inline constexpr std::uint32_t fatal = 1u << 1;
inline constexpr std::uint32_t shutdown_mask = 3u << 2, shutdown_complete = 2u << 2;
} // namespace status

// A submission queue entry as eight words: what is not named is reserved, or belongs to one command.
struct SubmissionEntry {
    std::uint64_t command;     // opcode 7:0, PSDT 15:14, command identifier 31:16, namespace 63:32
    std::uint64_t reserved;    // command dwords 2 and 3
    std::uint64_t metadata;    // MPTR
    std::uint64_t data[2];     // PRP 1 and 2, or one SGL descriptor
    std::uint64_t dwords10_11; // the first block
    std::uint64_t dwords12_13;
    std::uint64_t dwords14_15;
};
static_assert(sizeof(SubmissionEntry) == 64);
namespace command {
inline constexpr std::uint64_t uses_sgl = 1u << 14; // PSDT 01
inline constexpr unsigned identifier_shift = 16, namespace_shift = 32;
} // namespace command

struct CompletionEntry {
    std::uint64_t result; // dword 0 in the lower half
    std::uint64_t rest;   // SQ head 15:0, SQ identifier 31:16, command identifier 47:32, phase 48, status 63:49
};
static_assert(sizeof(CompletionEntry) == 16);
namespace completion {
inline constexpr unsigned identifier_shift = 32, phase_shift = 48, status_shift = 49;
}
// Status: code 7:0, type 10:8, more 13, do not retry 14. (4.6.1)
namespace status_code {
inline constexpr std::uint16_t mask = 0x7ff;
inline constexpr std::uint16_t success = 0x000;
inline constexpr std::uint16_t invalid_field = 0x002;
inline constexpr std::uint16_t transfer_error = 0x004;
inline constexpr std::uint16_t internal_error = 0x006;
inline constexpr std::uint16_t aborted_on_request = 0x007;
inline constexpr std::uint16_t aborted_with_queue = 0x008;
inline constexpr std::uint16_t out_of_range = 0x080;
inline constexpr bool is_media(std::uint16_t status) { // write fault, unrecovered read, and their like
    return (status & 0x700) == 0x200;
}
inline constexpr std::uint16_t do_not_retry = 1u << 14;
} // namespace status_code

// An SGL descriptor's second word: length 31:0, type 63:60. (4.4)
namespace sgl {
inline constexpr std::uint64_t data_block = 0;
inline constexpr std::uint64_t last_segment = 3ull << 60;
} // namespace sgl
struct SglDescriptor {
    std::uint64_t address;
    std::uint64_t rest;
};

enum class AdminOpcode : std::uint8_t {
    DeleteSubmissionQueue = 0x00,
    CreateSubmissionQueue = 0x01,
    GetLogPage = 0x02,
    DeleteCompletionQueue = 0x04,
    CreateCompletionQueue = 0x05,
    Identify = 0x06,
    Abort = 0x08,
    SetFeatures = 0x09,
    AsynchronousEvent = 0x0c,
    VirtualizationManagement = 0x1c,
};
enum class Opcode : std::uint8_t {
    Flush = 0x00,
    Write = 0x01,
    Read = 0x02,
    WriteZeroes = 0x08,
    DatasetManagement = 0x09,
};
namespace transfer {
inline constexpr std::uint64_t force_unit_access = 1ull << 30; // of dword 12, whose lower half is the 0-based count
}
namespace dataset {
inline constexpr std::uint64_t deallocate = 1ull << 34; // of dword 11
}
// One range to deallocate. (6.7)
struct DatasetRange {
    std::uint32_t attributes;
    std::uint32_t blocks;
    std::uint64_t first;
};

namespace queue_flag { // dword 11 of the commands that create queues (5.3, 5.4)
inline constexpr std::uint32_t contiguous = 1u << 0;
inline constexpr std::uint32_t interrupts = 1u << 1;
} // namespace queue_flag
namespace feature {
inline constexpr std::uint32_t temperature_threshold = 0x04; // dword 11: kelvin, of the composite temperature
inline constexpr std::uint32_t number_of_queues = 0x07;
inline constexpr std::uint32_t asynchronous_events = 0x0b;
} // namespace feature
namespace identify { // CNS (5.15.1)
inline constexpr std::uint32_t of_namespace = 0x00, of_controller = 0x01, active_namespaces = 0x02;
inline constexpr std::uint32_t primary_capabilities = 0x14, secondary_controllers = 0x15;
} // namespace identify
// Offsets into what Identify gives, 4096 bytes each. (5.15.2)
namespace controller_data {
inline constexpr std::size_t serial = 4, serial_bytes = 20;
inline constexpr std::size_t model = 24, model_bytes = 40;
inline constexpr std::size_t transfer_power = 77; // MDTS: a power of two of the least page size, 0: no limit
inline constexpr std::size_t controller_id = 78;
inline constexpr std::size_t aborts = 258; // 0-based
inline constexpr std::size_t optional_commands = 520;
inline constexpr std::size_t write_cache = 525;
inline constexpr std::size_t sgl_support = 536;
} // namespace controller_data
namespace optional_commands {
inline constexpr std::uint32_t dataset = 1u << 2, write_zeroes = 1u << 3;
}
// Primary controller capabilities: queues and interrupts that can be given away, in all and to one. (5.15.2, CNS 14h)
namespace primary_data {
inline constexpr std::size_t queues = 32, queues_of_one = 44;
inline constexpr std::size_t interrupts = 64, interrupts_of_one = 76;
} // namespace primary_data
// The secondary controller list: entries of 32 bytes behind a header of as many, which tells their number. (5.15.2, CNS
// 15h)
namespace secondary_data {
inline constexpr std::size_t count = 0, entry_bytes = 32, entries_max = 127;
inline constexpr std::size_t controller = 0, state = 4, function = 8; // in an entry
} // namespace secondary_data
namespace namespace_data {
inline constexpr std::size_t size = 0;    // blocks
inline constexpr std::size_t format = 26; // the one in use, 3:0
inline constexpr std::size_t protection = 29;
inline constexpr std::size_t deallocated = 33; // 2:0: what is read there; 1: zeroes
inline constexpr std::size_t formats = 128;    // 4 bytes each: metadata bytes 15:0, power of two of a block 23:16
} // namespace namespace_data

// An asynchronous event's dword 0: type 2:0, information 15:8, log page 23:16. (5.2.1)
inline constexpr std::uint8_t notice_namespace = 0x00; // information of a notice: the list of namespaces changed
enum class EventType : std::uint8_t { Error = 0, Health = 1, Notice = 2, Commands = 6, Vendor = 7 };

// Virtualization Management, dword 10: action 3:0, resource type 10:8, controller 31:16. (5.22)
namespace virtualization {
inline constexpr std::uint32_t secondary_offline = 7, assign_secondary = 8, secondary_online = 9;
inline constexpr std::uint32_t queues = 0u << 8, interrupts = 1u << 8;
} // namespace virtualization

} // namespace exo::nvme
