/* The vDSO image: headers, dynamic section, symbols and versions of an ELF shared object, written out by hand. It holds no
   code: its symbols lead to functions of the library OS itself, which is linked at a fixed distance. Layout: System V gABI,
   chapters 4 and 5; versions: Linux Standard Base, symbol versioning. */

.section .text.exo_vdso, "ax", @progbits
.balign 4096
.globl exo_vdso_image
.hidden exo_vdso_image
exo_vdso_image:
    .byte 0x7f, 'E', 'L', 'F', 2, 1, 1, 0
    .quad 0
    .short 3, 62                      /* shared object, x86-64 */
    .long 1
    .quad 0                           /* no entry */
    .quad program_headers - exo_vdso_image
    .quad 0                           /* no sections */
    .long 0
    .short 64, 56, 2, 64, 0, 0

program_headers:
    .long 1, 5                        /* load, readable and executable */
    .quad 0, 0, 0
    .quad image_end - exo_vdso_image, image_end - exo_vdso_image
    .quad 4096
    .long 2, 4                        /* dynamic, readable: relocated nowhere */
    .quad dynamic - exo_vdso_image, dynamic - exo_vdso_image, dynamic - exo_vdso_image
    .quad dynamic_end - dynamic, dynamic_end - dynamic
    .quad 8

dynamic:
    .quad 14, name_soname - strings
    .quad 4, hash_table - exo_vdso_image
    .quad 5, strings - exo_vdso_image
    .quad 6, symbols - exo_vdso_image
    .quad 10, strings_end - strings
    .quad 11, 24
    .quad 0x6ffffff0, versions - exo_vdso_image
    .quad 0x6ffffffc, definitions - exo_vdso_image
    .quad 0x6ffffffd, 2
    .quad 0, 0
dynamic_end:

.macro function name, target
    .long \name - strings
    .byte 0x12, 0                     /* global function */
    .short 1
    .quad \target - exo_vdso_image
    .quad 16
.endm

.balign 8
symbols:
    .quad 0, 0, 0
    function name_clock_gettime, exo_vdso_clock_gettime
    function name_gettimeofday, exo_vdso_gettimeofday
    function name_time, exo_vdso_time
    function name_getcpu, exo_vdso_getcpu
    function name_clock_getres, exo_vdso_clock_getres
symbols_end:

/* One bucket, with all symbols in its chain. */
hash_table:
    .long 1, 6
    .long 1
    .long 0, 2, 3, 4, 5, 0

versions:
    .short 0, 2, 2, 2, 2, 2

.balign 8
definitions:
    .short 1, 1, 1, 1                 /* the object itself */
    .long 0x0deebfa1                  /* hash of linux-vdso.so.1 */
    .long 20, 28
    .long name_soname - strings, 0
    .short 1, 0, 2, 1
    .long 0x03ae75f6                  /* hash of LINUX_2.6 */
    .long 20, 0
    .long name_version - strings, 0

strings:
    .byte 0
name_soname:
    .asciz "linux-vdso.so.1"
name_version:
    .asciz "LINUX_2.6"
name_clock_gettime:
    .asciz "__vdso_clock_gettime"
name_gettimeofday:
    .asciz "__vdso_gettimeofday"
name_time:
    .asciz "__vdso_time"
name_getcpu:
    .asciz "__vdso_getcpu"
name_clock_getres:
    .asciz "__vdso_clock_getres"
strings_end:
image_end:

.section .note.GNU-stack, "", @progbits
