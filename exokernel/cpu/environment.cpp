// Making environments and vcores out of frames that someone paid, and ending their run.
// Taking an ended one apart is in take_apart.cpp.
#include "exokernel/cpu/environment.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/boot_memory.hpp"
#include "exokernel/memory/frames.hpp"
#include "secure-bindings/abi/boot.hpp"

namespace exo {

Environment environments[max_environments];

namespace {

constexpr std::uint64_t fixed_frames = 3; // root, its ledger, environment page
constexpr std::uint8_t root_level = 4;

bool all_unmapped(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; i++)
        if (frame_map.at(first + i).type != FrameType::Data || !frame_map.unmapped(first + i))
            return false;
    return true;
}

void take(std::uint64_t frame, FrameType type, std::uint16_t tenant) {
    ASSERT(frame_map.retype(frame, type, tenant, 0).has_value());
    std::uint64_t* words = frame_map.words(frame);
    for (unsigned i = 0; i < page_bytes / 8; i++)
        words[i] = 0;
}

} // namespace

Result<std::uint16_t> environment_make(std::uint16_t creator, std::uint64_t first, std::uint64_t table_frames) {
    constexpr std::uint64_t table_frames_max = 65536 / slots_per_frame;
    if (table_frames == 0 || table_frames > table_frames_max)
        return std::unexpected(Error::OutOfRange);
    if (first % 2)
        return std::unexpected(Error::Misaligned);
    std::uint64_t count = fixed_frames + table_frames;
    if (first + count > frame_map.size() || first + count < first)
        return std::unexpected(Error::OutOfRange);
    if (!all_unmapped(first, count))
        return std::unexpected(Error::InUse);
    std::uint16_t number = steward_environment;
    while (number < max_environments && environment_infos[number].state != EnvironmentState::Free)
        number++;
    if (number == max_environments)
        return std::unexpected(Error::TableFull);

    Environment& environment = environments[number];
    std::uint64_t generation = environment.tlb_generation + 1; // stale TLB entries of an earlier one stay stale
    environment = {};
    environment.tlb_generation = generation;
    environment.number = number;
    environment.creator = creator;
    environment.first_frame = first;
    environment.table_frames = table_frames;
    ASSERT(mapping.make_root(FrameType::PageTable, first, number, root_level, 0).has_value());
    share_kernel_half(first);
    environment.tree = {first, root_level, FrameType::PageTable, number};
    take(first + 2, FrameType::EnvironmentPage, number);
    for (std::uint64_t i = 0; i < table_frames; i++)
        take(first + fixed_frames + i, FrameType::CapabilityTable, number);
    std::size_t slots = table_frames * slots_per_frame;
    // Safe: the frames are contiguous, typed and zeroed above.
    capabilities.attach(number, {at_frame<Slot>(first + fixed_frames), slots});
    environment.page = at_frame<EnvironmentPage>(first + 2);
    environment.page->environment = number;
    environment.page->capability_slots = slots;
    EnvironmentInfo& info = environment_infos[number];
    std::uint64_t had = info.generation;
    info = {};
    info.state = EnvironmentState::Alive;
    info.creator = creator;
    info.generation = had + 1;
    return number;
}

Result<std::uint16_t> vcore_make(Environment& environment, const VcoreRequest& request) {
    if (environment_infos[environment.number].state != EnvironmentState::Alive)
        return std::unexpected(Error::WrongState);
    if (request.core >= core_count || request.state_frame >= frame_map.size() ||
        request.upcall_frame >= frame_map.size())
        return std::unexpected(Error::OutOfRange);
    if (request.state_frame == request.upcall_frame || !all_unmapped(request.state_frame, 1) ||
        frame_map.at(request.upcall_frame).type != FrameType::Data || frame_map.at(request.upcall_frame).pins == 0xffff)
        return std::unexpected(Error::InUse);
    std::uint16_t number = 0;
    while (number < max_vcores && vcore_table[number])
        number++;
    if (number == max_vcores || environment.vcore_count == vcores_per_environment_max)
        return std::unexpected(Error::TableFull);

    take(request.state_frame, FrameType::VcoreState, environment.number);
    frame_map.at(request.upcall_frame).pins++;
    auto* vcore = at_frame<Vcore>(request.state_frame);
    vcore->page = at_frame<UpcallPage>(request.upcall_frame);
    vcore->upcall_frame = request.upcall_frame;
    vcore->state_frame = request.state_frame;
    vcore->number = number;
    vcore->environment = environment.number;
    vcore->index = environment.vcore_count;
    vcore->core = static_cast<std::uint16_t>(request.core);
    vcore->state = VcoreState::Created;
    vcore_table[number] = vcore;
    add_to_core(*vcore);
    VcoreInfo& info = vcore_infos[number];
    info = {};
    info.environment = environment.number;
    info.index = vcore->index;
    info.core = request.core;
    info.state = VcoreState::Created;
    environment.vcore[environment.vcore_count++] = number;
    environment_infos[environment.number].vcore_count = environment.vcore_count;
    return vcore->index;
}

void environment_end(Environment& environment, EnvironmentState state, std::uint64_t status) {
    EnvironmentInfo& info = environment_infos[environment.number];
    info.state = state;
    info.status = status;
    for (std::uint16_t i = 0; i < environment.vcore_count; i++) {
        Vcore& vcore = *vcore_table[environment.vcore[i]];
        bool ran = vcore.state == VcoreState::Running;
        vcore.state = VcoreState::Stopped;
        info_of(vcore).state = VcoreState::Stopped;
        vcore.timer_deadline_tsc = 0;
        if (vcore.caller) {
            // Whoever waits for this one's reply is told that none will come.
            vcore.caller->callee = nullptr;
            vcore.caller->state = VcoreState::Ready;
            info_of(*vcore.caller).state = VcoreState::Ready;
            vcore.caller->saved.rax = static_cast<std::uint64_t>(-static_cast<std::int64_t>(Error::Gone));
            kick(*vcore.caller);
            vcore.caller = nullptr;
        }
        if (vcore.callee) {
            vcore.callee->caller = nullptr;
            vcore.callee = nullptr;
        }
        if (ran && vcore.core != this_core().index)
            kick(vcore);
    }
    Environment& creator = environments[environment.creator];
    if (environment.creator != no_environment && creator.vcore_count &&
        environment_infos[environment.creator].state == EnvironmentState::Alive)
        post(*vcore_table[creator.vcore[0]], pending::event, 1ull << child_event_bit);
}

void environment_fault(Environment& environment, const FaultRecord& record) {
    if (environment_infos[environment.number].state != EnvironmentState::Alive)
        return;
    EnvironmentInfo& info = environment_infos[environment.number];
    info.fault_vector = record.vector;
    info.fault_rip = record.rip;
    info.fault_address = record.address;
    info.fault_error_code = record.error_code;
    if (environment.number == steward_environment)
        panic("the steward faulted: vector %lu at %lx, address %lx, error code %lx", record.vector, record.rip,
              record.address, record.error_code);
    environment_end(environment, EnvironmentState::Faulted, 0);
}

} // namespace exo
