// Context entries (which domain a requester sees) and interrupt routes.
// An entry becomes present with one 8-byte store after its other half is in memory, and stops being present with one.
#include "drivers/iommu/unit.hpp"

namespace exo::iommu {

namespace {

// Safe: an aligned 8-byte store is single, which is what hardware needs to see the present bit with its fields.
void store(std::uint64_t& place, std::uint64_t value) {
    __atomic_store_n(&place, value, __ATOMIC_RELEASE);
}

} // namespace

void Unit::open_bus(std::uint8_t bus) {
    if ((root_[bus].low & entry_present) != 0) {
        return;
    }
    const std::uint64_t physical = memory_.frames(1, 1);
    write_back(memory_.pointer(physical), page_bytes);
    store(root_[bus].low, physical | entry_present);
    write_back(&root_[bus], sizeof(TableEntry));
}

TableEntry* Unit::context(std::uint16_t source) const {
    const TableEntry& root = root_[source >> 8];
    if ((root.low & entry_present) == 0) {
        return nullptr;
    }
    return static_cast<TableEntry*>(memory_.pointer(root.low & ~(page_bytes - 1))) + (source & 0xff);
}

Status Unit::attach(std::uint16_t source, std::uint16_t domain, std::uint64_t root) {
    TableEntry* entry = context(source);
    if (entry == nullptr) {
        return std::unexpected(Error::Unsupported);
    }
    const TableEntry wanted = context_entry(root, levels(), domain);
    store(entry->high, wanted.high);
    write_back(entry, sizeof(*entry));
    store(entry->low, wanted.low);
    write_back(entry, sizeof(*entry));
    Status done = submit(descriptor::all_contexts);
    if (done) {
        done = flush_domain(domain);
    }
    if (!done) {
        store(entry->low, 0);
        write_back(entry, sizeof(*entry));
    }
    return done;
}

Status Unit::detach(std::uint16_t source, std::uint16_t domain) {
    TableEntry* entry = context(source);
    if (entry == nullptr) {
        return {};
    }
    store(entry->low, 0);
    write_back(entry, sizeof(*entry));
    // The context first: were the pages flushed first, a cached context could fill them again (VT-d 6.5.3.3).
    if (Status contexts = submit(descriptor::all_contexts); !contexts) {
        return contexts;
    }
    return flush_domain(domain);
}

Status Unit::route(std::uint32_t index, std::uint16_t source, std::uint32_t apic_id, std::uint8_t vector) {
    if (!remaps_interrupts_) {
        return std::unexpected(Error::Unsupported);
    }
    if (index >= routes_max || (!wide_destinations_ && apic_id > 0xff)) {
        return std::unexpected(Error::OutOfRange);
    }
    const unsigned shift = wide_destinations_ ? route::destination_shift : route::destination_shift_xapic;
    // Physical destination, fixed delivery, edge: all fields zero.
    store(routes_[index].high, route::verify_source | source);
    write_back(&routes_[index], sizeof(TableEntry));
    store(routes_[index].low, static_cast<std::uint64_t>(apic_id) << shift |
                                  static_cast<std::uint64_t>(vector) << route::vector_shift | route::present);
    write_back(&routes_[index], sizeof(TableEntry));
    return submit(descriptor::one_route(index));
}

Status Unit::cut(std::uint32_t index) {
    store(routes_[index].low, routes_[index].low & ~route::present);
    write_back(&routes_[index], sizeof(TableEntry));
    return submit(descriptor::one_route(index));
}

Status Unit::mend(std::uint32_t index) {
    store(routes_[index].low, routes_[index].low | route::present);
    write_back(&routes_[index], sizeof(TableEntry));
    return submit(descriptor::one_route(index));
}

Status Unit::unroute(std::uint32_t index) {
    store(routes_[index].low, 0);
    store(routes_[index].high, 0);
    write_back(&routes_[index], sizeof(TableEntry));
    return submit(descriptor::one_route(index));
}

} // namespace exo::iommu
