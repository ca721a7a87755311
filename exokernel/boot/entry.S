// First instructions: from the PVH entry (32-bit protected mode, paging off; the hypervisor's
// "x86/HVM direct boot ABI") and from the start-up IPI of further cores (real mode) to 64-bit C++.
// The boot tables map the first 4 GiB at 0, at the direct map and at the kernel's base.

#define KERNEL_BASE 0xffffffff80000000
#define PHYS(symbol) ((symbol) - KERNEL_BASE)

    .section .note.pvh, "a", @note
    .align 4
    .long 4, 4, 18            // name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long PHYS(pvh_entry)

    .section .boot, "ax"
    .code32
    .globl pvh_entry
pvh_entry:
    cld
    rdtsc                      // entry time, shown in the machine info page
    mov %eax, %esi
    mov %edx, %edi
    mov $PHYS(boot_stack_top), %esp

    // Page tables: PML4[0], [256] and [511] lead to the first 4 GiB in 2 MiB pages.
    mov $PHYS(boot_pml4), %eax
    mov $PHYS(boot_pdpt) + 3, %ecx
    mov %ecx, (%eax)
    mov %ecx, 256*8(%eax)
    mov $PHYS(boot_pdpt_high) + 3, %ecx
    mov %ecx, 511*8(%eax)
    mov $PHYS(boot_pdpt), %eax
    mov $PHYS(boot_pd) + 3, %ecx
    mov %ecx, (%eax)
    add $4096, %ecx
    mov %ecx, 8(%eax)
    add $4096, %ecx
    mov %ecx, 16(%eax)
    add $4096, %ecx
    mov %ecx, 24(%eax)
    mov $PHYS(boot_pdpt_high), %eax
    mov $PHYS(boot_pd) + 3, %ecx
    mov %ecx, 510*8(%eax)
    mov $PHYS(boot_pd), %eax
    mov $0x83, %ecx            // present, writable, large
    xor %edx, %edx
1:  mov %ecx, (%eax,%edx,8)
    add $0x200000, %ecx
    inc %edx
    cmp $2048, %edx
    jne 1b

    mov $PHYS(boot_pml4), %eax
    call enter_long_mode
    lgdt PHYS(boot_gdt_pointer)
    ljmp $8, $PHYS(boot_64)

    // Turns on PAE, long mode, NX and paging with the root in eax. Intel SDM 3A 9.8.5.
enter_long_mode:
    mov %eax, %cr3
    mov %cr4, %eax
    or $0x20, %eax
    mov %eax, %cr4
    mov $0xc0000080, %ecx
    rdmsr
    or $0x900, %eax            // LME, NXE
    wrmsr
    mov %cr0, %eax
    or $0x80010001, %eax       // PG, WP, PE
    mov %eax, %cr0
    ret

    .code64
boot_64:
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov %eax, %fs
    mov %eax, %gs
    movabs $boot_stack_top, %rsp
    xor %ebp, %ebp
    shl $32, %rdi
    mov %esi, %eax
    or %rax, %rdi              // first argument: entry TSC
    mov %ebx, %esi             // second: physical address of the start info
    movabs $kernel_main, %rax
    call *%rax
1:  hlt
    jmp 1b

    // Start-up of further cores: copied to a page below 1 MiB, entered in real mode with
    // CS = page >> 4. core_trampoline_root, _stack and _argument are filled in before the IPI.
    .globl core_trampoline, core_trampoline_end, core_trampoline_root, core_trampoline_stack, core_trampoline_argument
    .balign 16
core_trampoline:
    .code16
    cli
    cld
    mov %cs, %ax
    mov %ax, %ds
    lgdtl (core_trampoline_gdt_pointer - core_trampoline)
    mov %cr0, %eax
    or $1, %eax
    mov %eax, %cr0
    ljmpl $24, $PHYS(core_start_32)
    .balign 8
core_trampoline_gdt_pointer:
    .word 39
    .long PHYS(boot_gdt)
core_trampoline_end:

    .code32
core_start_32:
    mov $16, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov PHYS(core_trampoline_root), %eax
    mov $PHYS(boot_stack_top), %esp   // free again: cores start one at a time, on stacks of their own later
    call enter_long_mode
    ljmp $8, $PHYS(core_start_64)

    .code64
core_start_64:
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov %eax, %fs
    mov %eax, %gs
    movabs $core_trampoline_stack, %rax
    mov (%rax), %rsp
    movabs $core_trampoline_argument, %rax
    mov (%rax), %rdi
    xor %ebp, %ebp
    movabs $core_main, %rax
    call *%rax
1:  hlt
    jmp 1b

    .section .data
    .balign 8
    .globl boot_gdt
boot_gdt:
    .quad 0
    .quad 0x00af9a000000ffff   // 8: 64-bit code
    .quad 0x00cf92000000ffff   // 16: data
    .quad 0x00cf9a000000ffff   // 24: 32-bit code
    .quad 0
boot_gdt_pointer:
    .word 39
    .long PHYS(boot_gdt)
    .balign 8
core_trampoline_root:     .quad 0
core_trampoline_stack:    .quad 0
core_trampoline_argument: .quad 0

    .section .bss
    .balign 4096
    .globl boot_pml4, boot_pdpt_high
boot_pml4:      .skip 4096
boot_pdpt:      .skip 4096
boot_pdpt_high: .skip 4096
boot_pd:        .skip 4096 * 4
    .skip 16384
    .globl boot_stack_top
boot_stack_top:
    .section .note.GNU-stack, "", @progbits
