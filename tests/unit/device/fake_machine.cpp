// See fake_machine.hpp. Section numbers are VT-d's.
#include "tests/unit/device/fake_machine.hpp"

#include <cstdlib>
#include <cstring>

namespace device_test {

namespace iommu = exo::iommu;

namespace {

FakeMachine* the_machine = nullptr;
constexpr std::uint64_t address_mask = 0x000f'ffff'ffff'f000;
constexpr std::uint64_t records_at = 0x200;

} // namespace

FakeMachine::FakeMachine()
    : capability(6 | iommu::cap::levels_3 | 38ull << 16 | (records_at / 16) << 24 | iommu::cap::pages_2m | 1ull << 40 |
                 iommu::cap::drain_reads | iommu::cap::drain_writes),
      extended_capability(iommu::ecap::queued_invalidation | iommu::ecap::interrupt_remapping | iommu::ecap::coherent),
      memory_(static_cast<std::byte*>(std::aligned_alloc(exo::page_bytes, machine_frames * exo::page_bytes))) {
    std::memset(memory_, 0, machine_frames * exo::page_bytes);
    the_machine = this;
}

FakeMachine::~FakeMachine() {
    std::free(memory_);
    the_machine = nullptr;
}

exo::Registers FakeMachine::iommu_registers() {
    return {.context = this,
            .read = [](void* context, std::uint64_t offset,
                       unsigned bytes) { return static_cast<FakeMachine*>(context)->read(offset, bytes); },
            .write = [](void* context, std::uint64_t offset, std::uint64_t value,
                        unsigned bytes) { static_cast<FakeMachine*>(context)->write(offset, value, bytes); }};
}

iommu::TableMemory FakeMachine::tables() {
    return {.frames =
                [](std::uint64_t count, std::uint64_t) {
                    const std::uint64_t first = the_machine->next_table_frame;
                    the_machine->next_table_frame += count;
                    return first * exo::page_bytes;
                },
            .pointer = [](std::uint64_t physical) -> void* { return the_machine->memory_ + physical; },
            .write_back = [](const void*, std::uint64_t) { the_machine->events.emplace_back("write back"); }};
}

exo::Clock FakeMachine::clock() {
    return {.now = [] { return the_machine->now += 5; }, .ticks_per_us = 1};
}

std::uint64_t FakeMachine::word(std::uint64_t physical) const {
    std::uint64_t value = 0;
    if (physical + 8 <= machine_frames * exo::page_bytes) {
        std::memcpy(&value, memory_ + physical, 8);
    }
    return value;
}

std::uint64_t FakeMachine::read(std::uint64_t offset, unsigned) {
    switch (offset) {
    case iommu::reg::capability:
        return capability;
    case iommu::reg::extended_capability:
        return extended_capability;
    case iommu::reg::global_status:
        return status_;
    case iommu::reg::fault_status:
        return fault_status_;
    case iommu::reg::queue_head:
        return head_;
    case records_at:
        return records_[0].low;
    case records_at + 8:
        return records_[0].high;
    case records_at + 16:
        return records_[1].low;
    case records_at + 24:
        return records_[1].high;
    }
    return 0;
}

void FakeMachine::write(std::uint64_t offset, std::uint64_t value, unsigned) {
    switch (offset) {
    case iommu::reg::global_command:
        command(static_cast<std::uint32_t>(value));
        break;
    case iommu::reg::root_table:
        root_ = value;
        break;
    case iommu::reg::interrupt_table:
        routes_ = value;
        break;
    case iommu::reg::queue_address:
        queue_ = value;
        break;
    case iommu::reg::queue_tail:
        waiting_ += (value - tail_) % exo::page_bytes;
        overrun = overrun || waiting_ >= exo::page_bytes;
        tail_ = value;
        run_queue();
        break;
    case iommu::reg::fault_status:
        fault_status_ &= ~static_cast<std::uint32_t>(value);
        break;
    case records_at + 12:
    case records_at + 28:
        records_[(offset - records_at) / 16].high &= ~iommu::fault::high_valid;
        break;
    }
}

// 11.4.4.1: states follow their bit; the others happen once and answer.
void FakeMachine::command(std::uint32_t value) {
    value &= ~dead_commands;
    const std::uint32_t rising = value & ~status_;
    const auto note = [&](std::uint32_t bit, const char* text) {
        if ((rising & bit) != 0) {
            events.emplace_back(text);
        }
    };
    note(iommu::global::queue, "queue on");
    note(iommu::global::translation, "translation on");
    note(iommu::global::interrupt_remapping, "remapping on");
    if ((value & iommu::global::set_root_table) != 0) {
        events.emplace_back("root");
        root_latched_ = root_;
    }
    if ((value & iommu::global::set_interrupt_table) != 0) {
        events.emplace_back("routes");
        routes_latched_ = routes_;
    }
    if ((status_ & iommu::global::queue) != 0 && (value & iommu::global::queue) == 0) {
        head_ = 0;
    }
    status_ = (status_ & ~iommu::global::states) |
              (value & (iommu::global::states | iommu::global::set_root_table | iommu::global::set_interrupt_table));
}

void FakeMachine::run_queue() {
    while (!queue_stuck && (status_ & iommu::global::queue) != 0 && head_ != tail_) {
        const std::uint64_t at = (queue_ & address_mask) + head_;
        execute({.low = word(at), .high = word(at + 8)});
        head_ = (head_ + sizeof(iommu::Descriptor)) % exo::page_bytes;
        waiting_ -= sizeof(iommu::Descriptor);
    }
}

void FakeMachine::execute(const iommu::Descriptor& descriptor) {
    const auto domain = static_cast<std::uint16_t>(descriptor.low >> 16);
    switch (descriptor.low & 0xf) {
    case 1:
        events.emplace_back("forget contexts");
        context_cache_.clear();
        break;
    case 2:
        if ((descriptor.low & 0x30) == iommu::descriptor::granularity_global) {
            events.emplace_back("forget pages");
            page_cache_.clear();
        } else {
            events.push_back("forget pages of " + std::to_string(domain));
            std::erase_if(page_cache_, [&](const auto& entry) { return entry.first.first == domain; });
        }
        break;
    case 4:
        if ((descriptor.low & 0x10) != 0) {
            route_cache_.erase(static_cast<std::uint32_t>(descriptor.low >> 32 & 0xffff));
        } else {
            route_cache_.clear();
        }
        events.emplace_back("forget routes");
        break;
    case 5: {
        const auto value = static_cast<std::uint32_t>(descriptor.low >> 32);
        std::memcpy(memory_ + descriptor.high, &value, 4);
        break;
    }
    default:
        fault_status_ |= iommu::fault::queue_error;
    }
}

void FakeMachine::record_fault(std::uint16_t source, std::uint8_t reason, std::uint64_t address, bool is_write) {
    for (Record& record : records_) {
        if ((record.high & iommu::fault::high_valid) == 0) {
            record = {.low = address & ~(exo::page_bytes - 1),
                      .high = iommu::fault::high_valid | (is_write ? 0 : iommu::fault::high_is_read) |
                              static_cast<std::uint64_t>(reason) << 32 | source};
            return;
        }
    }
    fault_status_ |= iommu::fault::overflow;
}

std::optional<iommu::TableEntry> FakeMachine::context(std::uint16_t source) {
    if (const auto cached = context_cache_.find(source); cached != context_cache_.end()) {
        return cached->second;
    }
    const std::uint64_t root = word((root_latched_ & address_mask) + (source >> 8) * 16u);
    if ((root & 1) == 0) {
        return std::nullopt;
    }
    const std::uint64_t at = (root & address_mask) + (source & 0xffu) * 16u;
    const iommu::TableEntry entry{.low = word(at), .high = word(at + 8)};
    if ((entry.low & 1) == 0) {
        return std::nullopt;
    }
    context_cache_[source] = entry;
    return entry;
}

std::optional<std::uint64_t> FakeMachine::access(std::uint16_t source, std::uint64_t address, bool is_write) {
    if ((status_ & iommu::global::translation) == 0) {
        return address;
    }
    const auto entry = context(source);
    if (!entry) {
        record_fault(source, 2, address, is_write);
        return std::nullopt;
    }
    const auto domain = static_cast<std::uint16_t>(entry->high >> 8);
    const auto key = std::pair{domain, address / exo::page_bytes};
    if (const auto cached = page_cache_.find(key);
        cached != page_cache_.end() && (cached->second.writable || !is_write)) {
        return cached->second.frame * exo::page_bytes + address % exo::page_bytes;
    }
    std::uint64_t table = entry->low & address_mask;
    const unsigned levels = (entry->high & 7) + 2;
    for (unsigned level = levels; level >= 1; --level) {
        const unsigned shift = 12 + 9 * (level - 1);
        const std::uint64_t leaf = word(table + (address >> shift & 511) * 8);
        if ((leaf & (is_write ? 2u : 1u)) == 0) {
            record_fault(source, is_write ? 5 : 6, address, is_write);
            return std::nullopt;
        }
        if (level == 1 || (leaf & 0x80) != 0) {
            const std::uint64_t physical =
                (leaf & address_mask & ~((1ull << shift) - 1)) | (address & ((1ull << shift) - 1));
            page_cache_[key] = {.frame = physical / exo::page_bytes, .writable = (leaf & 2) != 0};
            return physical;
        }
        table = leaf & address_mask;
    }
    return std::nullopt;
}

std::optional<FakeMachine::Delivery> FakeMachine::message(std::uint16_t source, std::uint64_t address,
                                                          std::uint32_t data) {
    if ((status_ & iommu::global::interrupt_remapping) == 0 || (address & 0x10) == 0) {
        if ((status_ & iommu::global::interrupt_remapping) != 0 &&
            (status_ & iommu::global::compatibility_format) == 0) {
            record_fault(source, 0x25, address, true);
            return std::nullopt;
        }
        return Delivery{.apic_id = static_cast<std::uint32_t>(address >> 12 & 0xff),
                        .vector = static_cast<std::uint8_t>(data)};
    }
    auto index = static_cast<std::uint32_t>((address >> 5 & 0x7fff) | (address >> 2 & 1) << 15);
    index += (address & 8) != 0 ? data & 0xffff : 0;
    if (index >= 2u << (routes_latched_ & 0xf)) {
        record_fault(source, 0x21, 0, true);
        return std::nullopt;
    }
    auto cached = route_cache_.find(index);
    iommu::TableEntry entry;
    if (cached != route_cache_.end()) {
        entry = cached->second;
    } else {
        const std::uint64_t at = (routes_latched_ & address_mask) + index * 16u;
        entry = {.low = word(at), .high = word(at + 8)};
    }
    if ((entry.low & 1) == 0) {
        record_fault(source, 0x22, 0, true);
        return std::nullopt;
    }
    route_cache_[index] = entry;
    // 9.10: with source validation type 1 and qualifier 0, all of the requester ID is compared.
    if ((entry.high >> 18 & 3) == 1 && (entry.high & 0xffff) != source) {
        record_fault(source, 0x26, 0, true);
        return std::nullopt;
    }
    const bool extended = (routes_latched_ & iommu::interrupt_table_extended) != 0;
    return Delivery{.apic_id = static_cast<std::uint32_t>(entry.low >> (extended ? 32 : 40)) & (extended ? ~0u : 0xffu),
                    .vector = static_cast<std::uint8_t>(entry.low >> 16)};
}

} // namespace device_test
