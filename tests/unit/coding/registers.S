/* void test_with_registers(const std::byte* values, std::byte* found, void (*call)(void*), void* argument, int width):
   loads every vector register from `values`, calls, and stores them to `found`. Registers are 64 octets apart; width 16, 32
   or 64 is how many octets of each are loaded and stored, of the first 16 registers or, for 64, of all 32. */
    .text
    .globl test_with_registers
    .type test_with_registers, @function
test_with_registers:
    pushq %rbx
    pushq %r12
    subq $8, %rsp
    movq %rsi, %rbx
    movl %r8d, %r12d
    movq %rdx, %rax
    cmpl $32, %r12d
    je 2f
    ja 3f
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu 64*\n(%rdi), %xmm\n
    .endr
    jmp 4f
2:  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovdqu 64*\n(%rdi), %ymm\n
    .endr
    jmp 4f
3:  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    vmovdqu64 64*\n(%rdi), %zmm\n
    .endr
    .irp n, 1, 2, 3, 4, 5, 6, 7
    kmovq 64*\n(%rdi), %k\n
    .endr
4:  movq %rcx, %rdi
    call *%rax
    cmpl $32, %r12d
    je 5f
    ja 6f
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu %xmm\n, 64*\n(%rbx)
    .endr
    jmp 7f
5:  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovdqu %ymm\n, 64*\n(%rbx)
    .endr
    vzeroupper
    jmp 7f
6:  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    vmovdqu64 %zmm\n, 64*\n(%rbx)
    .endr
    .irp n, 1, 2, 3, 4, 5, 6, 7
    kmovq %k\n, 2048+8*\n(%rbx)
    .endr
    vzeroupper
7:  addq $8, %rsp
    popq %r12
    popq %rbx
    ret
    .section .note.GNU-stack, "", @progbits
