// The instructions that touch user memory from ring 0, and where each continues when it faults.
// What may be copied is decided in memory/user_access.cpp.
    .text
    // Copies between the kernel and user memory: a fault on any of the instructions listed in
    // .user_access_fixups continues at 8f. rdi: to, rsi: from, rdx: bytes. Returns 0 when all was copied.
    .globl user_copy
    .balign 16
user_copy:
    cmpl $0, smap_on(%rip)
    je 1f
    stac
1:  mov %rdx, %rcx
    and $-8, %rcx
    add %rcx, %rsi
    add %rcx, %rdi
    neg %rcx
    jz 3f
2:  mov (%rsi,%rcx), %rax
4:  mov %rax, (%rdi,%rcx)
    add $8, %rcx
    jnz 2b
3:  and $7, %edx
    jz 9f
5:  movb (%rsi,%rcx), %al
6:  movb %al, (%rdi,%rcx)
    inc %rcx
    cmp %rdx, %rcx
    jb 5b
9:  xor %edx, %edx
7:  cmpl $0, smap_on(%rip)
    je 1f
    clac
1:  mov %edx, %eax
    ret
8:  mov $1, %edx
    jmp 7b
    .section .user_access_fixups, "a"
    .quad 2b, 8b, 4b, 8b, 5b, 8b, 6b, 8b
    .section .note.GNU-stack, "", @progbits
