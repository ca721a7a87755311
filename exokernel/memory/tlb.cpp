// See tlb.hpp. Orders: the page-table write is before the request (release), the answer after the flush.
#include "exokernel/memory/tlb.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/features.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/boot_memory.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

namespace {

constexpr std::uint64_t cr3_keep = 1ull << 63; // with PCID: the TLB's entries of this space stay valid
constexpr std::uint64_t answer_seconds_max = 20;

std::uint64_t root_of(const Environment& environment) {
    return environment.tree.root << page_shift;
}

void reload(Core& core) {
    Environment& environment = environments[core.loaded_environment];
    core.tlb_generation_seen[core.loaded_environment] = environment.tlb_generation;
    write_cr3(core.loaded_root | (features.pcid ? core.loaded_environment : 0u));
}

} // namespace

void load_tables(Core& core, Environment& environment) {
    if (core.loaded_environment == environment.number)
        return;
    core.loaded_environment = environment.number;
    core.loaded_root = root_of(environment);
    std::uint64_t value = core.loaded_root;
    if (features.pcid) {
        value |= environment.number; // process-context identifier: 12 bits, environments are fewer
        if (core.tlb_generation_seen[environment.number] == environment.tlb_generation)
            value |= cr3_keep;
        core.tlb_generation_seen[environment.number] = environment.tlb_generation;
    }
    write_cr3(value);
}

void unload_tables(Core& core) {
    core.loaded_environment = no_environment;
    core.loaded_root = kernel_root();
    write_cr3(core.loaded_root);
}

void tlb_answer() {
    Core& core = this_core();
    // acquire; pairs with the release in ask
    std::uint32_t asked = __atomic_load_n(&core.shootdown, __ATOMIC_ACQUIRE);
    if (!asked)
        return;
    if (asked == 2)
        unload_tables(core);
    else
        reload(core);
    __atomic_store_n(&core.shootdown, 0u, __ATOMIC_RELEASE); // pairs with the acquire in ask
}

// Asks every other core that has the environment loaded, and waits for all of them.
static void ask(const Environment& environment, std::uint32_t what) {
    Core& own = this_core();
    for (std::uint32_t i = 0; i < core_count; i++) {
        Core& core = cores[i];
        if (&core == &own || core.loaded_environment != environment.number)
            continue;
        __atomic_store_n(&core.shootdown, what, __ATOMIC_RELEASE);
        send_ipi(core.apic_id, ipi_vector);
    }
    std::uint64_t limit = rdtsc() + answer_seconds_max * machine_info.tsc_hz;
    for (std::uint32_t i = 0; i < core_count; i++)
        while (__atomic_load_n(&cores[i].shootdown, __ATOMIC_ACQUIRE) && i != own.index) {
            pause();
            if (rdtsc() > limit)
                panic("core %u does not answer a TLB shootdown", i);
        }
}

void tlb_flush(Environment& environment, const TlbBatch& batch) {
    if (batch.empty())
        return;
    environment.tlb_generation++;
    Core& core = this_core();
    if (core.loaded_environment == environment.number) {
        if (batch.everything) {
            reload(core);
        } else {
            for (unsigned i = 0; i < batch.count; i++)
                invlpg(batch.page[i]);
            core.tlb_generation_seen[environment.number] = environment.tlb_generation;
        }
    }
    if (core_count > 1)
        ask(environment, 1);
}

void tlb_flush_all(std::uint16_t environment) {
    TlbBatch batch;
    batch.everything = true;
    tlb_flush(environments[environment], batch);
}

void tlb_evict(Environment& environment) {
    Core& core = this_core();
    environment.tlb_generation++;
    if (core.loaded_environment == environment.number)
        unload_tables(core);
    ask(environment, 2);
}

} // namespace exo
