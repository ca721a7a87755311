// See smp.hpp. Order of IPIs and delays: Intel SDM 3A 9.4.4.1.
#include "exokernel/boot/smp.hpp"

#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/features.hpp"
#include "exokernel/arch/x86_64/trap.hpp"
#include "exokernel/cpu/lock.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/boot_memory.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

extern "C" char core_trampoline[], core_trampoline_end[];
extern "C" std::uint64_t core_trampoline_root, core_trampoline_stack, core_trampoline_argument;
extern "C" std::uint64_t boot_pml4[512];

namespace {

constexpr std::uint64_t trampoline_page = 8; // physical 0x8000, conventional memory on every PC
constexpr std::uint64_t answer_ms_max = 2000;
constexpr std::uint64_t stack_pages = 4;

void delay_us(std::uint64_t us) {
    std::uint64_t end = rdtsc() + us * (machine_info.tsc_hz / 1'000'000);
    while (rdtsc() < end)
        pause();
}

bool start(Core& core) {
    core_trampoline_root = kernel_root();
    core_trampoline_stack = direct_map_base + ((boot_frames(stack_pages) + stack_pages) << page_shift);
    core_trampoline_argument = reinterpret_cast<std::uint64_t>(&core);
    send_init(core.apic_id);
    delay_us(10'000);
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        send_startup(core.apic_id, trampoline_page);
        std::uint64_t end = rdtsc() + answer_ms_max * (machine_info.tsc_hz / 1000);
        // acquire; pairs with the release in core_main
        while (!__atomic_load_n(&core.online, __ATOMIC_ACQUIRE) && rdtsc() < end)
            pause();
        if (core.online)
            return true;
    }
    return false;
}

} // namespace

void cores_choose(const Platform& platform, const BootOptions& options) {
    auto add = [](std::uint32_t id) {
        cores[core_count].index = core_count;
        cores[core_count].apic_id = id;
        machine_info.apic_id[core_count] = id;
        core_count++;
    };
    add(apic_id());
    for (std::uint32_t i = 0; i < platform.processor_count; i++)
        if (i >= options.first_core && i <= options.last_core && platform.apic_id[i] != apic_id() &&
            core_count < max_cores)
            add(platform.apic_id[i]);
    machine_info.core_count = core_count;
    for (std::uint32_t i = 0; i < max_cores; i++) {
        cores[i].counters = &core_counters[i];
        for (std::uint16_t& slot : wheels[i].slot)
            slot = no_vcore;
    }
}

void cores_start() {
    if (core_count == 1)
        return;
    std::uint64_t identity = boot_pml4[256]; // the trampoline runs where it lies until it has jumped away
    boot_pml4[0] = identity & ~(1ull << 63);
    __builtin_memcpy(at_frame<char>(trampoline_page), core_trampoline,
                     static_cast<std::size_t>(core_trampoline_end - core_trampoline));
    std::uint32_t wanted = core_count;
    for (std::uint32_t i = 1; i < wanted; i++) {
        if (start(cores[i]))
            continue;
        klog("core %u (APIC %u) does not start and is left out, with those after it", i, cores[i].apic_id);
        core_count = i;
        break;
    }
    machine_info.core_count = core_count;
    boot_pml4[0] = 0;
    write_cr3(read_cr3());
}

extern "C" [[noreturn]] void core_main(Core* core) {
    features_enable();
    traps_start(*core);
    apic_enable();
    // release; pairs with the acquire in start
    __atomic_store_n(&core->online, true, __ATOMIC_RELEASE);
    core_run();
}

// Enters user mode with the registers of a frame; in trap_entry.S.
extern "C" [[noreturn]] void enter_user(TrapFrame* frame);

void core_run() {
    Core& core = this_core();
    // The identity mapping used at start may still be in this core's TLB.
    write_cr3(kernel_root());
    // The frame lies where a trap from user mode would put it.
    auto* frame = reinterpret_cast<TrapFrame*>(core.kernel_stack_top - sizeof(TrapFrame));
    // Safe: this function runs on the start stack, not on the kernel stack.
    kernel_lock();
    switch_away(*frame, Extended::Drop);
    deliver_pending(*frame, *core.current);
    kernel_unlock();
    enter_user(frame);
}

} // namespace exo
