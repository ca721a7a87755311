// The DMA domain of a function: a tree of tables that its owner paid for, and what the IOMMU is told of it.
// A function sees nothing until its root is bound, then exactly what is bound beneath.
#include "exokernel/device/function_table.hpp"

#include <bit>

namespace exo {

namespace {

constexpr std::uint8_t page_level_max = 3;
constexpr std::uint64_t pages_per_level(std::uint8_t level) {
    return 1ull << (9 * (level - 1));
}

// Entries were made where there were none.
Status tell_additions(Function& function) {
    if (!function.unit->snoops()) {
        device_host.write_back_caches();
    }
    return function.unit->note_additions(function.domain);
}

// Bounds of a run of pages in the domain, and of the work of one call. The policy is check_dma_window's; this holds
// whatever the caller has checked.
Status check_range(const Function& function, std::uint64_t address, std::uint8_t level, std::uint64_t count) {
    if (level < 1 || level > page_level_max) {
        return std::unexpected(Error::BadArgument);
    }
    if (count == 0 || count > dma_pages_max) {
        return std::unexpected(Error::OutOfRange);
    }
    if (!function.unit->has_page_level(level)) {
        return std::unexpected(Error::Unsupported);
    }
    const std::uint64_t bytes = count * pages_per_level(level) * page_bytes;
    const std::uint64_t end = function.unit->address_end();
    const bool in_interrupt_range = address < interrupt_range_end && interrupt_range_first < address + bytes;
    if (address >= end || bytes > end - address || in_interrupt_range) {
        return std::unexpected(Error::BadAddress);
    }
    return {};
}

Status bind_root(std::uint32_t index, std::uint64_t frame, std::uint16_t slot, std::uint16_t holder) {
    Function& function = functions[index];
    if (function.dma_root != 0) {
        return std::unexpected(Error::Occupied);
    }
    const Status made = device_host.mapping->make_root(FrameType::DmaTable, frame, static_cast<std::uint16_t>(index),
                                                       function.unit->levels(), slot, holder);
    if (!made) {
        return made;
    }
    function.dma_root = frame;
    Status attached = tell_additions(function);
    if (attached) {
        attached = function.unit->attach(function.source, function.domain, frame << page_shift);
    }
    if (!attached) {
        // The root stays, so that its frames are not reused while the IOMMU may look at them; release takes it.
        function.wedged = true;
        bus_master_off(function);
    }
    return attached;
}

} // namespace

std::uint8_t dma_levels(std::uint32_t index) {
    const Function& function = functions[index];
    return function.unit != nullptr ? function.unit->levels() : std::uint8_t{0};
}

DmaLimits dma_limits(std::uint32_t index) {
    const iommu::Unit& unit = *functions[index].unit;
    const auto bits = static_cast<std::uint8_t>(std::countr_zero(unit.address_end()));
    std::uint8_t level = 1;
    while (level < page_level_max && unit.has_page_level(level + 1u)) {
        ++level;
    }
    return {.address_bits = bits, .level_max = level};
}

Tree dma_tree(std::uint32_t index) {
    return {.root = functions[index].dma_root,
            .levels = dma_levels(index),
            .type = FrameType::DmaTable,
            .tenant = static_cast<std::uint16_t>(index)};
}

Status bind_dma_table(std::uint32_t index, std::uint64_t address, std::uint8_t level, std::uint64_t frame,
                      std::uint16_t slot, std::uint16_t holder) {
    Function& function = functions[index];
    if (level == function.unit->levels()) {
        return bind_root(index, frame, slot, holder);
    }
    if (function.dma_root == 0) {
        return std::unexpected(Error::NoTable);
    }
    if (Status added = device_host.mapping->add_table(dma_tree(index), address, level, frame, slot, holder); !added) {
        return added;
    }
    return tell_additions(function);
}

Result<std::uint64_t> unbind_dma_table(std::uint32_t index, std::uint64_t address, std::uint8_t level) {
    if (functions[index].dma_root == 0) {
        return std::unexpected(Error::NoTable);
    }
    if (level >= functions[index].unit->levels()) {
        return std::unexpected(Error::BadArgument);
    }
    const Result<std::uint64_t> removed = device_host.mapping->remove_table(dma_tree(index), address, level);
    if (!removed) {
        return removed;
    }
    // Its frames are Data again, but nobody runs before the flush below is over.
    if (Status flushed = dma_flush(index); !flushed) {
        return std::unexpected(flushed.error());
    }
    return removed;
}

Status bind_dma(std::uint32_t index, const MapRequest& request, std::uint64_t count) {
    Function& function = functions[index];
    if (function.dma_root == 0) {
        return std::unexpected(Error::NoTable);
    }
    if (Status fits = check_range(function, request.address, request.level, count); !fits) {
        return fits;
    }
    const Mapping::MapRun run = device_host.mapping->map_run(dma_tree(index), request, count);
    if (!run.status) {
        // All or none; the device may have seen what was there for a moment.
        if (run.done != 0) {
            (void)device_host.mapping->unmap_run(dma_tree(index), request.address,
                                                 run.done * pages_per_level(request.level));
            (void)dma_flush(index);
        }
        return run.status;
    }
    if (Status told = tell_additions(function); !told) {
        return told;
    }
    bus_master_on(function);
    return {};
}

Status unbind_dma(std::uint32_t index, std::uint64_t address, std::uint8_t level, std::uint64_t count) {
    Function& function = functions[index];
    device_poll_faults();
    if (function.dma_root == 0) {
        return std::unexpected(Error::NotBound);
    }
    if (Status fits = check_range(function, address, level, count); !fits) {
        return fits;
    }
    const Mapping::UnmapRun run =
        device_host.mapping->unmap_run(dma_tree(index), address, count * pages_per_level(level));
    if (Status flushed = dma_flush(index); !flushed) {
        return flushed;
    }
    return run.status;
}

Status dma_flush(std::uint32_t index) {
    Function& function = functions[index];
    if (function.unit == nullptr || function.dma_root == 0) {
        return {};
    }
    if (!function.unit->snoops()) {
        device_host.write_back_caches();
    }
    const Status flushed = function.unit->flush_domain(function.domain);
    if (!flushed) {
        // The last means left: a function that cannot begin requests cannot use a stale translation.
        function.wedged = true;
        bus_master_off(function);
    }
    return flushed;
}

} // namespace exo
