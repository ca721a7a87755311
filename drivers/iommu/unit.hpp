// One VT-d remapping unit: which domain each requester ID sees, and where its interrupts may go.
// Everything is blocked until attach or route allows it. The tables of a domain are not made here: a domain is
// the root of a tree of DmaTable frames (secure-bindings/mapping). Facts: spec.hpp; bring-up: unit.cpp.
#pragma once

#include "drivers/iommu/spec.hpp"
#include "drivers/register-access/clock.hpp"
#include "drivers/register-access/registers.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo::iommu {

// Memory for tables: zeroed, physically contiguous, never given back.
struct TableMemory {
    std::uint64_t (*frames)(std::uint64_t count, std::uint64_t alignment_frames); // physical address
    void* (*pointer)(std::uint64_t physical);
    // Makes what was written visible to a unit that does not snoop the caches.
    void (*write_back)(const void* bytes, std::uint64_t count);
};

struct Fault {
    std::uint16_t source; // requester ID
    std::uint8_t reason;  // VT-d, table of fault reasons
    bool is_read;
    std::uint64_t address;
};

// Entries of the interrupt remapping table; one index space for all units.
inline constexpr std::uint32_t routes_max = 2048;

class Unit {
public:
    // Brings the hardware up: translation and interrupt remapping on, nothing allowed. The error is a sentence for the
    // log. `x2apic`: destinations are 32-bit APIC IDs, if the unit can.
    std::expected<void, const char*> start(const Registers& registers, const TableMemory& memory, const Clock& clock,
                                           bool x2apic);
    // At boot, for each bus with functions behind this unit.
    void open_bus(std::uint8_t bus);

    // Whether it sees what is in the processor's caches; if not, tables must be written back before it looks.
    bool snoops() const { return (extended_ & ecap::coherent) != 0; }
    bool remaps_interrupts() const { return remaps_interrupts_; }
    std::uint8_t levels() const { return (capability_ & cap::levels_4) != 0 ? 4 : 3; }
    std::uint64_t address_end() const;
    std::uint64_t domains() const { return cap::domains(capability_); }
    // Whether pages of a level (1: 4 KiB, 2: 2 MiB, 3: 1 GiB) can be translated.
    bool has_page_level(unsigned level) const;

    // Lets a requester reach the domain whose root table is at `root`. Errors: TimedOut.
    Status attach(std::uint16_t source, std::uint16_t domain, std::uint64_t root);
    // Blocks a requester and waits until nothing it began is under way. Errors: TimedOut, then it may still have reach.
    Status detach(std::uint16_t source, std::uint16_t domain);
    // Forgets cached translations of a domain and drains what used them. Errors: TimedOut.
    Status flush_domain(std::uint16_t domain);
    // Entries were added where there were none. Errors: TimedOut.
    Status note_additions(std::uint16_t domain);

    // Interrupt `index` of `source`, and of nobody else, goes to one core. Errors: TimedOut.
    Status route(std::uint32_t index, std::uint16_t source, std::uint32_t apic_id, std::uint8_t vector);
    // Blocks it, or lets it through again as it was routed. Errors: TimedOut.
    Status cut(std::uint32_t index);
    Status mend(std::uint32_t index);
    // Forgets it. Errors: TimedOut.
    Status unroute(std::uint32_t index);

    // Hands out and clears what was recorded since the last time; at most one fault a record register. False when
    // there were more than the records could hold.
    template <typename Handler>
    bool take_faults(Handler&& handler) {
        Fault fault{};
        for (unsigned i = 0; i < cap::fault_records(capability_); ++i) {
            if (take_fault(i, &fault)) {
                handler(fault);
            }
        }
        return clear_fault_overflow();
    }

private:
    Status command(std::uint32_t bit, bool on);
    Status start_queue();
    Status start_translation();
    Status start_interrupts(bool x2apic);
    void disable_protected_memory();

    void write_back(const void* bytes, std::uint64_t count) const;
    Status before_invalidation();
    Status submit(const Descriptor& first);
    TableEntry* context(std::uint16_t source) const;
    std::uint64_t drain() const;
    bool take_fault(unsigned index, Fault* fault);
    bool clear_fault_overflow();

    Registers registers_{};
    TableMemory memory_{};
    Clock clock_{};
    std::uint64_t capability_ = 0;
    std::uint64_t extended_ = 0;
    std::uint64_t root_physical_ = 0;
    TableEntry* root_ = nullptr;
    TableEntry* routes_ = nullptr;
    std::uint64_t routes_physical_ = 0;
    Descriptor* queue_ = nullptr;
    std::uint64_t queue_physical_ = 0;
    std::uint32_t queue_tail_ = 0;
    volatile std::uint32_t* done_ = nullptr; // written by the unit's wait descriptors
    std::uint64_t done_physical_ = 0;
    std::uint32_t last_wait_ = 0;
    bool remaps_interrupts_ = false;
    bool wide_destinations_ = false;
};

} // namespace exo::iommu
