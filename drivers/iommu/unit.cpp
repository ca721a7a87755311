// Bring-up of a unit (VT-d 6.5.2, 6.6 and 11.4.4.1): invalidation queue, then an empty root table, then
// translation, then an empty interrupt table with remapping. Order: the queue first, because each later step must
// invalidate; each table before the switch that makes hardware read it.
#include "drivers/iommu/unit.hpp"

namespace exo::iommu {

namespace {

constexpr std::uint64_t command_timeout_us = 100'000;
constexpr std::uint64_t routes_bytes = routes_max * sizeof(TableEntry);
// Size field of the interrupt table register: 2^(n+1) entries.
constexpr std::uint64_t routes_size_field = 10;
static_assert(1u << (routes_size_field + 1) == routes_max);

} // namespace

std::expected<void, const char*> Unit::start(const Registers& registers, const TableMemory& memory, const Clock& clock,
                                             bool x2apic) {
    *this = {};
    registers_ = registers;
    memory_ = memory;
    clock_ = clock;
    capability_ = registers.read64(reg::capability);
    extended_ = registers.read64(reg::extended_capability);
    if ((extended_ & ecap::queued_invalidation) == 0) {
        return std::unexpected("it has no invalidation queue");
    }
    if ((capability_ & (cap::levels_3 | cap::levels_4)) == 0) {
        return std::unexpected("it can walk neither 3 nor 4 levels");
    }
    registers.write32(reg::fault_event_control, fault::event_masked); // faults are polled
    if (!start_queue()) {
        return std::unexpected("its invalidation queue does not start");
    }
    if (!start_translation()) {
        return std::unexpected("its translation does not start");
    }
    disable_protected_memory();
    if ((extended_ & ecap::interrupt_remapping) != 0 && !start_interrupts(x2apic)) {
        return std::unexpected("its interrupt remapping does not start");
    }
    (void)take_faults([](const Fault&) {}); // what firmware left behind
    return {};
}

// One command bit, and the wait for the status bit that answers it.
Status Unit::command(std::uint32_t bit, bool on) {
    const std::uint32_t states = registers_.read32(reg::global_status) & global::states;
    registers_.write32(reg::global_command, on ? states | bit : states & ~bit);
    const bool answered = poll_until(clock_, command_timeout_us,
                                     [&] { return ((registers_.read32(reg::global_status) & bit) != 0) == on; });
    return answered ? Status{} : std::unexpected(Error::TimedOut);
}

Status Unit::start_queue() {
    queue_physical_ = memory_.frames(2, 1);
    queue_ = static_cast<Descriptor*>(memory_.pointer(queue_physical_));
    done_physical_ = queue_physical_ + page_bytes;
    done_ = static_cast<volatile std::uint32_t*>(memory_.pointer(done_physical_));
    if ((registers_.read32(reg::global_status) & global::queue) != 0) {
        if (Status off = command(global::queue, false); !off) {
            return off;
        }
    }
    queue_tail_ = 0;
    registers_.write64(reg::queue_tail, 0);
    registers_.write64(reg::queue_address, queue_physical_); // 256 descriptors of 128 bits
    return command(global::queue, true);
}

Status Unit::start_translation() {
    root_physical_ = memory_.frames(1, 1);
    root_ = static_cast<TableEntry*>(memory_.pointer(root_physical_));
    write_back(root_, page_bytes);
    registers_.write64(reg::root_table, root_physical_);
    // The status bit may be set from a table that firmware gave; hardware clears it when it takes the command.
    if (Status set = command(global::set_root_table, true); !set) {
        return set;
    }
    if (Status contexts = submit(descriptor::all_contexts); !contexts) {
        return contexts;
    }
    if (Status pages = submit(descriptor::all_pages(drain())); !pages) {
        return pages;
    }
    return command(global::translation, true);
}

Status Unit::start_interrupts(bool x2apic) {
    routes_physical_ = memory_.frames(routes_bytes / page_bytes, 1);
    routes_ = static_cast<TableEntry*>(memory_.pointer(routes_physical_));
    write_back(routes_, routes_bytes);
    wide_destinations_ = x2apic && (extended_ & ecap::extended_interrupts) != 0;
    registers_.write64(reg::interrupt_table,
                       routes_physical_ | routes_size_field | (wide_destinations_ ? interrupt_table_extended : 0));
    if (Status set = command(global::set_interrupt_table, true); !set) {
        return set;
    }
    if (Status cleared = submit(descriptor::all_routes); !cleared) {
        return cleared;
    }
    // Compatibility-format messages name a core and vector freely: blocked, before anything is let through.
    if ((registers_.read32(reg::global_status) & global::compatibility_format) != 0) {
        if (Status blocked = command(global::compatibility_format, false); !blocked) {
            return blocked;
        }
    }
    Status on = command(global::interrupt_remapping, true);
    remaps_interrupts_ = on.has_value();
    return on;
}

// Regions that block DMA to the firmware's memory are no longer needed once everything is blocked (VT-d 11.4.16).
void Unit::disable_protected_memory() {
    if ((capability_ & (cap::protected_low | cap::protected_high)) == 0) {
        return;
    }
    registers_.write32(reg::protected_memory, 0);
    (void)poll_until(clock_, command_timeout_us,
                     [&] { return (registers_.read32(reg::protected_memory) & protected_memory::enabled) == 0; });
}

std::uint64_t Unit::address_end() const {
    const unsigned by_levels = levels() == 4 ? 48 : 39;
    const unsigned by_unit = cap::address_bits(capability_);
    return 1ull << (by_unit < by_levels ? by_unit : by_levels);
}

bool Unit::has_page_level(unsigned level) const {
    return level == 1 || (level == 2 && (capability_ & cap::pages_2m) != 0) ||
           (level == 3 && (capability_ & cap::pages_1g) != 0);
}

} // namespace exo::iommu
