// Vector registers to memory and back, by the width of what is enabled: void f(std::byte* memory), memory aligned to 64.
// In a section of its own, as all code that names vector registers.
    .section .text.vector_unit, "ax", @progbits

    .macro exo_function name
    .globl \name
    .hidden \name
    .type \name, @function
    .balign 16
\name:
    .endm

exo_function exo_vector_save_xmm
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqa %xmm\n, 16*\n(%rdi)
    .endr
    ret

exo_function exo_vector_restore_xmm
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqa 16*\n(%rdi), %xmm\n
    .endr
    ret

exo_function exo_vector_save_ymm
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovdqa %ymm\n, 32*\n(%rdi)
    .endr
    ret

exo_function exo_vector_restore_ymm
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovdqa 32*\n(%rdi), %ymm\n
    .endr
    ret

exo_function exo_vector_save_zmm
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    vmovdqa64 %zmm\n, 64*\n(%rdi)
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    kmovq %k\n, 2048+8*\n(%rdi)
    .endr
    ret

exo_function exo_vector_restore_zmm
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    vmovdqa64 64*\n(%rdi), %zmm\n
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    kmovq 2048+8*\n(%rdi), %k\n
    .endr
    ret

    .section .note.GNU-stack, "", @progbits
