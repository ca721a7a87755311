#!/bin/sh
# Writes, as assembly, the table of the text symbols of a linked kernel: count, {address, name offset}
# rows sorted by address, then the names. Read by panic.cpp.
llvm-nm-19 --demangle --defined-only --numeric-sort "$1" | awk '
    BEGIN { count = 0; offset = 0 }
    $2 == "t" || $2 == "T" {
        name = $3
        for (i = 4; i <= NF; i++) name = name " " $i
        gsub(/\(anonymous namespace\)::/, "", name)
        sub(/\(.*/, "", name)
        gsub(/["\\]/, "", name)
        address[count] = $1
        names[count] = name
        count++
    }
    END {
        print "    .section .symbols, \"a\"\n    .globl kernel_symbols\n    .balign 8\nkernel_symbols:"
        printf "    .quad %d\n", count
        for (i = 0; i < count; i++) {
            printf "    .quad 0x%s, %d\n", address[i], offset
            offset += length(names[i]) + 1
        }
        for (i = 0; i < count; i++) printf "    .asciz \"%s\"\n", names[i]
        print "    .section .note.GNU-stack, \"\", @progbits"
    }'
