// Giving back what a capability gave: the bindings that hang on one capability (abort protocol), and
// everything an ended environment held. Bounded steps; the order is what keeps freed frames unreachable:
// devices first, then page tables, then capabilities, then the frames that were the environment itself.
#include "exokernel/cpu/take_apart.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/disk/disk.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/tlb.hpp"
#include "exokernel/network/nic.hpp"

#include <bit>

namespace exo {

namespace {

// Work of one step; a few hundred microseconds at most.
constexpr std::uint64_t frames_per_step = 16384;
constexpr std::uint64_t breaks_per_step = 1024;
constexpr std::size_t table_entries_per_step = 65536;
constexpr std::size_t slots_per_step = 4096;

void forget_vcore(Vcore& vcore) {
    for (std::uint16_t& slot : wheels[vcore.core].slot)
        if (slot == vcore.number)
            slot = no_vcore;
    wheel_changed(vcore.core);
    remove_from_core(vcore);
    vcore_infos[vcore.number].state = VcoreState::Free;
    vcore_table[vcore.number] = nullptr;
}

// Whether an environment consists of this frame by the authority of this capability, and must end when it
// is taken: page tables and vcores are paid for by itself, its root, page and capability table by its creator.
std::uint16_t depends_on(std::uint64_t frame, std::uint16_t holder) {
    const FrameEntry& entry = frame_map.at(frame);
    if (entry.type == FrameType::VcoreState && entry.tenant == holder)
        return holder;
    if ((entry.type == FrameType::EnvironmentPage || entry.type == FrameType::CapabilityTable) &&
        environments[entry.tenant].creator == holder)
        return entry.tenant;
    if (entry.type != FrameType::Data || entry.pins == 0)
        return no_environment;
    const Environment& environment = environments[holder];
    for (std::uint16_t i = 0; i < environment.vcore_count; i++)
        if (vcore_table[environment.vcore[i]]->upcall_frame == frame)
            return holder;
    return no_environment;
}

void end_for_lack_of(std::uint64_t frame, std::uint16_t number) {
    if (number != no_environment && environment_infos[number].state == EnvironmentState::Alive)
        environment_fault(environments[number], {fault_vector_repossessed, 0, frame << page_shift, 0});
}

// Tables made from a frame that is taken: a page table's environment cannot go on without it, a DMA table's
// function is released, so that the device reaches nothing any more.
Status break_table(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot) {
    std::uint64_t table = 0;
    if (!mapping.table_of(frame, holder, slot, &table))
        return {};
    const FrameEntry& entry = frame_map.at(table);
    if (entry.type == FrameType::DmaTable)
        return function_take_back(entry.tenant);
    end_for_lack_of(frame, entry.tenant);
    return {};
}

// Bit i: function i.
Status flush_devices(std::uint64_t functions) {
    for (; functions; functions &= functions - 1)
        if (Status status = dma_flush(static_cast<std::uint32_t>(std::countr_zero(functions))); !status)
            return status;
    return {};
}

Status break_frames(SlotRef ref, std::uint16_t environment_number) {
    Slot& slot = capabilities.at(ref);
    std::uint16_t index = static_cast<std::uint16_t>(slot_index(ref));
    TlbBatch batch;
    std::uint64_t broken = 0;
    std::uint64_t devices = 0; // functions whose domains lost something
    static_assert(max_functions <= 64);
    std::uint64_t step_end =
        slot.progress + frames_per_step < slot.count ? slot.progress + frames_per_step : slot.count;
    for (; slot.progress < step_end && broken < breaks_per_step; slot.progress++) {
        std::uint64_t frame = slot.first + slot.progress;
        Status gone = network_frame_taken(frame, ref);
        if (gone)
            gone = disk_frame_taken(frame, ref);
        MappingPlace place;
        while (gone && mapping.find_of(frame, environment_number, index, &place)) {
            const FrameEntry& table = frame_map.at(place.table);
            std::uint64_t address = mapping.place_address(place);
            if (table.type == FrameType::DmaTable) {
                gone = disk_page_taken(table.tenant, address);
                if (!gone)
                    break;
                devices |= 1ull << table.tenant;
            } else {
                batch.add(address);
            }
            mapping.break_at(place);
            broken++;
        }
        if (gone)
            gone = break_table(frame, environment_number, index);
        if (!gone) {
            tlb_flush(environments[environment_number], batch);
            if (Status flushed = flush_devices(devices); !flushed)
                return flushed;
            return gone;
        }
        end_for_lack_of(frame, depends_on(frame, environment_number));
    }
    tlb_flush(environments[environment_number], batch);
    if (Status flushed = flush_devices(devices); !flushed)
        return flushed;
    if (slot.progress < slot.count)
        return std::unexpected(Error::Again);
    return {};
}

void break_slices(const Slot& slot, std::uint16_t environment_number) {
    for (std::uint64_t i = slot.first; i < slot.first + slot.count; i++) {
        std::uint16_t& owner = wheels[i / wheel_slots].slot[i % wheel_slots];
        if (owner != no_vcore && vcore_infos[owner].environment == environment_number)
            owner = no_vcore;
    }
    for (std::uint64_t core = slot.first / wheel_slots; core <= (slot.first + slot.count - 1) / wheel_slots; core++)
        wheel_changed(static_cast<std::uint32_t>(core));
}

Status break_functions(Slot& slot, std::uint16_t environment_number) {
    for (; slot.progress < slot.count; slot.progress++) {
        std::uint32_t function = static_cast<std::uint32_t>(slot.first + slot.progress);
        if (device_infos[function].owner != environment_number)
            continue;
        if (Status status = function_take_back(function); !status)
            return status;
        tlb_flush_all(environment_number);
        slot.progress++;
        if (slot.progress < slot.count)
            return std::unexpected(Error::Again);
    }
    return {};
}

} // namespace

Status break_bindings(SlotRef ref) {
    Slot& slot = capabilities.at(ref);
    auto environment_number = static_cast<std::uint16_t>(slot_environment(ref));
    switch (slot.kind) {
    case Kind::Frames:
        return break_frames(ref, environment_number);
    case Kind::Slices:
        break_slices(slot, environment_number);
        return {};
    case Kind::Function:
        return break_functions(slot, environment_number);
    case Kind::Flow:
        flow_capability_gone(ref, FlowName::of(slot.first));
        return {};
    case Kind::Extent:
        if (Disk* disk = disk_of_function(slot.first >> extent_block_bits))
            return disk_extent_gone(*disk, ref);
        return {};
    case Kind::None:
    case Kind::Environment:
    case Kind::Event:
    case Kind::Gate:
    case Kind::Machine:
        return {};
    }
    return {};
}

void record_repossession(SlotRef ref, std::uint64_t now) {
    auto number = static_cast<std::uint16_t>(slot_environment(ref));
    Environment& environment = environments[number];
    if (environment_infos[number].state != EnvironmentState::Alive)
        return;
    const Slot& slot = capabilities.at(ref);
    Repossession& entry = environment.page->repossession[environment.page->repossession_count % repossession_entries];
    entry = {};
    entry.kind = slot.kind;
    entry.handle = capabilities.handle_of(ref);
    entry.first = slot.first;
    entry.count = slot.count;
    entry.tsc = now;
    environment.page->repossession_count++;
    for (std::uint16_t i = 0; i < environment.vcore_count; i++)
        post(*vcore_table[environment.vcore[i]], pending::repossessed, 0);
}

Status environment_take_apart(Environment& environment) {
    EnvironmentInfo& info = environment_infos[environment.number];
    info.state = EnvironmentState::Dying;
    // 1. No core may still be running it.
    for (std::uint16_t i = 0; i < environment.vcore_count; i++) {
        const Vcore& vcore = *vcore_table[environment.vcore[i]];
        if (cores[vcore.core].current == &vcore && vcore.core != this_core().index)
            return std::unexpected(Error::Again);
    }
    tlb_evict(environment);
    // 2. Its devices, so that nothing writes to its frames any more.
    for (std::uint32_t function = 0; function < machine_info.function_count; function++)
        if (device_infos[function].owner == environment.number)
            if (Status status = function_take_back(function); !status)
                return status;
    // 3. Its capabilities and whatever others derived from them; slices and mappings elsewhere go with them.
    SlotRef used = capabilities.first_used(environment.number, &environment.cursor, slots_per_step);
    if (used != no_slot) {
        SlotRef leaf = capabilities.next_leaf(used);
        if (Status status = break_bindings(leaf); !status)
            return status;
        if (slot_environment(leaf) != environment.number)
            record_repossession(leaf, rdtsc());
        capabilities.remove(leaf);
        environment.cursor = slot_index(used);
        return std::unexpected(Error::Again);
    }
    if (environment.cursor < capabilities.capacity(environment.number))
        return std::unexpected(Error::Again);
    // 4. Page tables; root and ledger become Data again.
    if (environment.tree.root && !mapping.tear_down(environment.tree, table_entries_per_step))
        return std::unexpected(Error::Again);
    environment.tree.root = 0;
    // 5. What the environment itself was made of.
    for (std::uint16_t i = 0; i < environment.vcore_count; i++) {
        Vcore* vcore = vcore_table[environment.vcore[i]];
        std::uint64_t upcall_frame = vcore->upcall_frame, state_frame = vcore->state_frame;
        forget_vcore(*vcore);
        frame_map.at(upcall_frame).pins--;
        frames_clear_and_restore(state_frame, 1);
    }
    capabilities.detach(environment.number);
    frames_clear_and_restore(environment.first_frame + 2, 1 + environment.table_frames);
    info.state = EnvironmentState::Free;
    return {};
}

} // namespace exo
