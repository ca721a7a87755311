/* The ELF entry of a program linked with libos-hpc, in place of _start: vcore 0, masked, rdi = the starter's block.
   The first thread's frame will lie at the very top of this stack, so that much is left free. Next: begin.cpp. */
#include "libos/upcall/offsets.h"

.text
.globl exo_start
.type exo_start, @function
exo_start:
    xorl %ebp, %ebp
    andq $-16, %rsp
    subq $(FRAME_BYTES + RED_ZONE_BYTES), %rsp
    andq $-16, %rsp
    call exo_hpc_start
    ud2
.size exo_start, . - exo_start

/* Says that the program carries a library OS: type 1, its ABI version. */
.section .note.exo.libos, "a", @note
.balign 4
    .long 4
    .long 4
    .long 1
    .asciz "exo"
    .long 1

.section .note.GNU-stack, "", @progbits
