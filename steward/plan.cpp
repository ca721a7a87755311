// See plan.hpp. Vcores go round the cores in order, from core 0; the slots of a core, but for those that are
// kept, are divided evenly among its vcores. Memory that is asked for by size comes first, the rest is shared equally
// by those who want all.
#include "steward/plan.hpp"

namespace exo::steward {

namespace {

using Failure = const char*;

constexpr Failure too_little_memory = "the machine has less memory than the manifest wants";

Failure plan_time(const Manifest& manifest, const MachineView& machine, std::span<ProgramPlan> plans) {
    std::uint32_t on_core[max_cores] = {};
    std::uint32_t next = 0;
    for (std::size_t p = 0; p < manifest.program_count; p++)
        for (std::uint64_t v = 0; v < manifest.programs[p].vcores; v++) {
            plans[p].vcores[v].core = next;
            plans[p].vcores[v].first_slot = on_core[next]++; // its place among the core's vcores, for now
            next = (next + 1) % static_cast<std::uint32_t>(machine.core_count);
        }
    for (std::size_t p = 0; p < manifest.program_count; p++) {
        plans[p].vcore_count = manifest.programs[p].vcores;
        for (std::uint64_t v = 0; v < manifest.programs[p].vcores; v++) {
            VcorePlan& vcore = plans[p].vcores[v];
            std::uint32_t sharers = on_core[vcore.core], place = vcore.first_slot;
            std::uint32_t slots = wheel_slots - (vcore.core == 0 ? kept_slots(manifest) : 0);
            if (sharers > slots)
                return "there are more vcores than slots of time";
            vcore.first_slot = place * slots / sharers;
            vcore.slot_count = (place + 1) * slots / sharers - vcore.first_slot;
        }
    }
    return nullptr;
}

// Who wishes for a function, and where its number goes.
struct Wisher {
    const FunctionWish* wish;
    std::uint32_t* function;
};

Failure plan_functions(const Manifest& manifest, const MachineView& machine, std::span<ProgramPlan> plans,
                       const OwnPlans& own) {
    static Wisher wishers[programs_max * functions_max + max_nics + shared_disks_max + primaries_max];
    for (std::size_t n = 0; n < manifest.disk_count; n++)
        wishers[manifest.disks[n].order] = {&manifest.disks[n], &own.disks[n].function};
    for (std::size_t n = 0; n < manifest.nic_count; n++)
        wishers[manifest.nics[n].order] = {&manifest.nics[n], &own.nics[n].function};
    for (std::size_t n = 0; n < manifest.primary_count; n++)
        wishers[manifest.primaries[n].order] = {&manifest.primaries[n], &own.primaries[n].function};
    for (std::size_t p = 0; p < manifest.program_count; p++)
        for (std::size_t f = 0; f < manifest.programs[p].function_count; f++)
            wishers[manifest.programs[p].functions[f].order] = {&manifest.programs[p].functions[f],
                                                                &plans[p].functions[f]};
    bool taken[max_functions] = {};
    for (const Wisher& wisher : std::span(wishers).first(manifest.wish_count)) {
        const FunctionWish& wish = *wisher.wish;
        std::size_t i = 0;
        while (i < machine.devices.size() &&
               (taken[i] || machine.devices[i].vendor != wish.vendor || machine.devices[i].device != wish.device ||
                ((machine.devices[i].flags & device_flag::is_virtual) != 0) != wish.is_virtual))
            i++;
        if (i == machine.devices.size())
            return "the machine has too few functions of a kind that the manifest wants";
        taken[i] = true;
        *wisher.function = static_cast<std::uint32_t>(i);
    }
    return nullptr;
}

// Cuts `frames` off the largest run.
bool cut(std::span<FrameRun> memory, std::uint64_t frames, FrameRun* part) {
    FrameRun* largest = &memory[0];
    for (FrameRun& run : memory)
        if (run.left() > largest->left())
            largest = &run;
    std::uint64_t first = largest->take(frames, 2);
    *part = {largest->handle, first, first + frames};
    return first != 0;
}

Failure plan_memory(const Manifest& manifest, std::span<FrameRun> memory, std::span<ProgramPlan> plans) {
    std::uint64_t takers = 0;
    for (std::size_t p = 0; p < manifest.program_count; p++) {
        std::uint64_t frames = (manifest.programs[p].memory_bytes + page_bytes - 1) >> page_shift;
        std::uint64_t spare = (manifest.programs[p].spare_bytes + page_bytes - 1) >> page_shift;
        takers += frames == 0;
        if (spare && !cut(memory, spare, &plans[p].spare))
            return too_little_memory;
        plans[p].memory_count = 1;
        if (frames && !cut(memory, frames, &plans[p].memory[0]))
            return too_little_memory;
    }
    for (std::size_t p = 0; p < manifest.program_count; p++) {
        if (manifest.programs[p].memory_bytes)
            continue;
        if (takers > 1) {
            std::uint64_t largest = 0;
            for (const FrameRun& run : memory)
                largest = run.left() > largest ? run.left() : largest;
            if (!cut(memory, (largest / takers--) & ~1ull, &plans[p].memory[0]))
                return too_little_memory;
            continue;
        }
        // The last one gets every run, the largest first, which holds the image.
        plans[p].memory_count = 0;
        for (FrameRun& run : memory)
            if (run.left() > 1)
                plans[p].memory[plans[p].memory_count++] = run;
        for (std::size_t i = 1; i < plans[p].memory_count; i++)
            if (plans[p].memory[i].left() > plans[p].memory[0].left()) {
                FrameRun swap = plans[p].memory[0];
                plans[p].memory[0] = plans[p].memory[i];
                plans[p].memory[i] = swap;
            }
        if (plans[p].memory_count == 0)
            return too_little_memory;
    }
    return nullptr;
}

} // namespace

std::expected<void, const char*> make_plans(const Manifest& manifest, const MachineView& machine,
                                            std::span<FrameRun> memory, std::span<ProgramPlan> plans, OwnPlans own) {
    for (std::size_t p = 0; p < manifest.program_count; p++) {
        plans[p].wish = &manifest.programs[p];
        plans[p].manifest = &manifest;
    }
    if (Failure failure = plan_time(manifest, machine, plans))
        return std::unexpected(failure);
    if (Failure failure = plan_functions(manifest, machine, plans, own))
        return std::unexpected(failure);
    for (std::size_t n = 0; n < manifest.nic_count; n++)
        if (!cut(memory, shared_nic_frames, &own.nics[n].memory))
            return std::unexpected(too_little_memory);
    for (std::size_t n = 0; n < manifest.disk_count; n++)
        if (!cut(memory, shared_disk_frames, &own.disks[n].memory))
            return std::unexpected(too_little_memory);
    for (std::size_t n = 0; n < manifest.primary_count; n++)
        if (!cut(memory, primary_disk_frames, &own.primaries[n].memory))
            return std::unexpected(too_little_memory);
    if (Failure failure = plan_memory(manifest, memory, plans))
        return std::unexpected(failure);
    return {};
}

} // namespace exo::steward
