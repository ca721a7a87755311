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
.section .note.GNU-stack, "", @progbits
