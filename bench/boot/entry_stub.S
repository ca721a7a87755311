// A kernel that does one thing: at its PVH entry it writes the TSC to port 0xe9 as a
// ROW line, then faults until the machine resets. The harness boots it in place of a
// real kernel to learn how long the firmware took (bench/harness/firmware.cpp).

    .section .note.Xen, "a", @note
    .align 4
    .long 4, 4, 18              // name size, value size, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long entry

    .text
    .code32
    .global entry
entry:
    rdtsc
    movl $stack_top, %esp
    movl %eax, %esi             // low half
    movl %edx, %edi             // high half
    movl $10, %ecx
    movl $digits_end, %ebx
next_digit:                     // edi:esi divided by ten, half by half
    xorl %edx, %edx
    movl %edi, %eax
    divl %ecx
    movl %eax, %edi
    movl %esi, %eax
    divl %ecx
    movl %eax, %esi
    addb $'0', %dl
    decl %ebx
    movb %dl, (%ebx)
    orl %edi, %eax
    jnz next_digit

    movl $prefix, %esi
    movl $prefix_end, %edi
    call print
    movl %ebx, %esi
    movl $line_end, %edi
    call print

    lidt empty_table
    ud2                         // no handler, no double-fault handler: a reset

print:                          // bytes from esi up to edi
    movb (%esi), %al
    outb %al, $0xe9
    incl %esi
    cmpl %edi, %esi
    jb print
    ret

    .data
prefix:
    .ascii "ROW firmware cycles "
prefix_end:
digits:
    .skip 20
digits_end:
    .ascii "\n"
line_end:
    .align 4
empty_table:
    .skip 6
    .bss
    .align 16
    .skip 64
stack_top:
