// Stands in for the symbol table in the first of the kernel's two links: no symbols.
    .section .symbols, "a"
    .globl kernel_symbols
    .balign 8
kernel_symbols:
    .quad 0
    .section .note.GNU-stack, "", @progbits
