// GDT, TSS, IDT and the system-call registers of a core (Intel SDM 3A 3.4.5, 6.14, 7.7; 3A 5.8.8).
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/trap.hpp"
#include "exokernel/cpu/trap_frame.hpp"
#include "exokernel/memory/physical.hpp"

namespace exo {

extern "C" char trap_stubs[];
extern "C" char system_call_entry[];

namespace {

constexpr std::size_t stub_bytes = 16;
constexpr std::uint64_t stack_pages = 4;
// TSS fields as 64-bit words behind the first 4 bytes: RSP0 at byte 4, IST1 at byte 36, I/O map base at 102.
struct [[gnu::packed]] Tss {
    std::uint32_t reserved0;
    std::uint64_t rsp[3];
    std::uint64_t reserved1;
    std::uint64_t ist[7];
    std::uint64_t reserved2;
    std::uint16_t reserved3;
    std::uint16_t io_map;
};
static_assert(sizeof(Tss) == 104);
static_assert(sizeof(Tss) <= sizeof(Core::tss));

struct Gate {
    std::uint64_t low, high;
};
Gate idt[256];

// Interrupt gate to stub `vector`, on interrupt stack `ist` (0: the core's stack), callable from ring `dpl`.
Gate gate(unsigned vector, unsigned ist, std::uint64_t dpl) {
    std::uint64_t target = reinterpret_cast<std::uint64_t>(trap_stubs) + vector * stub_bytes;
    return {(target & 0xffff) | (static_cast<std::uint64_t>(kernel_code_selector) << 16) |
                (static_cast<std::uint64_t>(ist) << 32) | (0x8e00ull | dpl << 13) << 32 | (target >> 16 & 0xffff) << 48,
            target >> 32};
}

struct [[gnu::packed]] TablePointer {
    std::uint16_t limit;
    std::uint64_t base;
};

} // namespace

void traps_start(Core& core) {
    auto stack = [] { return direct_map_base + ((boot_frames(stack_pages) + stack_pages) << page_shift); };
    core.self = &core;
    core.kernel_stack_top = stack();
    Tss tss{};
    tss.rsp[0] = core.kernel_stack_top;
    for (unsigned i = 0; i < 4; i++)
        tss.ist[i] = stack();
    tss.io_map = sizeof(Tss); // no port is open to user mode
    __builtin_memcpy(core.tss, &tss, sizeof tss);

    std::uint64_t base = reinterpret_cast<std::uint64_t>(core.tss);
    core.gdt[0] = 0;
    core.gdt[1] = 0x00af9a000000ffff; // ring 0 code
    core.gdt[2] = 0x00cf92000000ffff; // ring 0 data
    core.gdt[3] = 0x00cff2000000ffff; // ring 3 data
    core.gdt[4] = 0x00affa000000ffff; // ring 3 code
    core.gdt[5] = (sizeof(Tss) - 1) | (base & 0xff'ffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    core.gdt[6] = base >> 32;

    for (unsigned vector = 0; vector < 256; vector++)
        idt[vector] = gate(vector, 0, 0);
    idt[1] = gate(1, 1, 0);   // #DB: can arrive in the system-call entry (MOV SS)
    idt[2] = gate(2, 2, 0);   // NMI
    idt[3] = gate(3, 0, 3);   // INT3 from user mode
    idt[4] = gate(4, 0, 3);   // INTO
    idt[8] = gate(8, 3, 0);   // #DF
    idt[18] = gate(18, 4, 0); // #MC

    TablePointer gdt_pointer{sizeof core.gdt - 1, reinterpret_cast<std::uint64_t>(core.gdt)};
    TablePointer idt_pointer{sizeof idt - 1, reinterpret_cast<std::uint64_t>(idt)};
    // Safe: tables are static and filled above; the far return reloads CS with the same descriptor contents.
    asm volatile("lgdt %0\n\t"
                 "lidt %1\n\t"
                 "mov %2, %%ds\n\tmov %2, %%es\n\tmov %2, %%ss\n\t"
                 "ltr %w3\n\t"
                 "pushq %4\n\tleaq 1f(%%rip), %%rax\n\tpushq %%rax\n\tlretq\n1:"
                 :
                 : "m"(gdt_pointer), "m"(idt_pointer), "r"(static_cast<std::uint32_t>(kernel_data_selector)),
                   "r"(static_cast<std::uint32_t>(tss_selector)), "i"(kernel_code_selector)
                 : "rax", "memory");

    wrmsr(msr::gs_base, reinterpret_cast<std::uint64_t>(&core));
    wrmsr(msr::kernel_gs_base, 0);
    // SYSCALL loads CS 8 and SS 16; SYSRET CS 16+16 and SS 16+8, with ring 3 added.
    wrmsr(msr::star, (static_cast<std::uint64_t>(kernel_data_selector | 3) << 48) |
                         (static_cast<std::uint64_t>(kernel_code_selector) << 32));
    wrmsr(msr::lstar, reinterpret_cast<std::uint64_t>(system_call_entry));
    wrmsr(msr::sfmask, 0x0004'7700); // AC, NT, IOPL, DF, IF, TF off in the kernel
}

} // namespace exo
