/* Only in the library OS that is linked alone, for programs that were not linked with one (libos/start/hosted.hpp): the note that says
   so, with room for the program's facts, and the symbols that the program's C library would have. */
.section .note.exo.hosted, "a", @note
.balign 8
    .long 4
    .long 40
    .long 2
    .asciz "exo"
.globl exo_hosted_program
.type exo_hosted_program, @object
exo_hosted_program:
    .quad 0, 0, 0, 0, 0
.size exo_hosted_program, 40

.text
/* Never reached: the program begins where its note says. */
.globl _start
.type _start, @function
_start:
    ud2
.size _start, 2

.section .note.GNU-stack, "", @progbits
