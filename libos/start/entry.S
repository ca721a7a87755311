/* The first instruction of a native program: the stack pointer is aligned as for a jump, a function expects a call. */
.text
.globl exo_start
.type exo_start, @function
exo_start:
    xorl %ebp, %ebp
    andq $-16, %rsp
    call exo_native_start
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
