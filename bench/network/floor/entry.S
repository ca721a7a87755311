// First instructions of the floor: from the PVH entry (32-bit protected mode, paging off) to 64-bit C++ in ring 0, the
// first 512 GiB mapped at themselves by pages of 1 GiB. Interrupts stay off.

    .section .note.Xen, "a", @note
    .align 4
    .long 4, 4, 18            // name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long floor_entry

    .text
    .code32
    .globl floor_entry
floor_entry:
    cld
    mov %ebx, %esi             // physical address of the start info
    mov $stack_top, %esp

    movl $directories + 3, tables
    mov $directories, %edi
    mov $0x83, %eax            // present, writable, large
    xor %edx, %edx             // upper half
1:  mov %eax, (%edi)
    mov %edx, 4(%edi)
    add $0x40000000, %eax
    adc $0, %edx
    add $8, %edi
    cmp $directories + 4096, %edi
    jne 1b

    mov $tables, %eax          // PAE, long mode, paging: Intel SDM 3A 9.8.5
    mov %eax, %cr3
    mov %cr4, %eax
    or $0x20, %eax
    mov %eax, %cr4
    mov $0xc0000080, %ecx
    rdmsr
    or $0x100, %eax            // LME
    wrmsr
    mov %cr0, %eax
    or $0x80000001, %eax
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $8, $enter_64

    .code64
enter_64:
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov %eax, %fs
    mov %eax, %gs
    xor %ebp, %ebp
    mov %esi, %edi             // first argument
    mov $stack_top, %rsp
    call floor_main
1:  hlt
    jmp 1b

    .data
    .align 8
gdt:
    .quad 0
    .quad 0x00209a0000000000   // 64-bit code, ring 0
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt

    .bss
    .align 4096
tables:
    .skip 4096
directories:
    .skip 4096
    .skip 65536
stack_top:
