// What controllers and namespaces say of themselves. (NVMe 1.4, 5.15.2)
#pragma once

#include "drivers/nvme/problem.hpp"
#include "drivers/nvme/spec.hpp"

#include <span>

namespace exo::nvme {

struct Identity {
    char serial[controller_data::serial_bytes + 1] = {}; // printable, without the spaces behind
    char model[controller_data::model_bytes + 1] = {};
    std::uint16_t controller = 0;
    std::uint16_t entries_most = 0;       // of a queue
    std::uint64_t transfer_bytes_max = 0; // of one command, as the controller and queue.hpp's tables allow
    bool sgl = false;
    bool write_cache = false;       // a flush is needed before what was written stays
    bool force_unit_access = false; // it heeds FUA (6.15): all do but QEMU's, whose writes want a flush behind them
    bool write_zeroes = false;
    bool deallocates = false;
};

struct NamespaceIdentity {
    std::uint64_t blocks = 0;
    std::uint32_t block_bytes = 0;
    bool deallocated_reads_zero = false;
};

// The controller of a virtual function, which its primary one gives queues and interrupts and puts on line.
struct SecondaryController {
    std::uint16_t id;
    std::uint16_t function; // which of the virtual functions, from 1 on; 0: none
    bool online;
};

// What a primary controller has to give to its secondary ones. Admin queues count, too.
struct FlexibleResources {
    std::uint32_t queues = 0, interrupts = 0;               // in all
    std::uint16_t queues_of_one = 0, interrupts_of_one = 0; // at most
};

inline constexpr std::uint32_t block_bytes_most = page_bytes;

// `data`: what Identify gave. `capabilities`: the register.
Identity read_identity(std::span<const std::byte, page_bytes> data, std::uint64_t capabilities);
// Errors: BadNamespace, for blocks with metadata or protection, of more than a page, or none.
Expected<NamespaceIdentity> read_namespace(std::span<const std::byte, page_bytes> data);
// As many as `into` holds; gives their number.
std::size_t read_secondaries(std::span<const std::byte, page_bytes> data, std::span<SecondaryController> into);
FlexibleResources read_flexible(std::span<const std::byte, page_bytes> data);

} // namespace exo::nvme
