#!/usr/bin/env bash
# exo-bpf-cc as its user meets it: what it cannot take ends in a sentence and leaves no file.
# usage: filters.bash, from the repository root.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/command/filters"
compiler=$PWD/build/bin/exo-bpf-cc

# compiles ARGS...: leaves the status in $status.
compiles() {
    status=0
    TMPDIR=$scratch/temporary timeout 60 "$compiler" "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?
}
# refuses_source NAME TEXT SOURCE: the program is refused for this reason, and not written.
refuses_source() {
    printf '#include <exo_bpf.h>\n%s\n' "$3" >"$scratch/program.c"
    compiles -o "$scratch/program.filter" "$scratch/program.c"
    check "$1: status 1, not $status" test "$status" = 1
    check "$1: one sentence" test "$(wc -l <"$scratch/stderr")" = 1
    check "$1: says why" says "$2"
    check "$1: nothing written" test ! -e "$scratch/program.filter"
    check "$1: nothing left behind" nothing_left
}
# refuses_words NAME TEXT ARGS...: the command line itself is wrong.
refuses_words() {
    local name=$1 text=$2
    shift 2
    compiles "$@"
    check "$name: status 2, not $status" test "$status" = 2
    check "$name: says why" says "$text"
}

refuses_source "reading past the end" "instruction 1: r1 reaches 1 octets at packet + 9 but only 0 are known to be there; r1 = packet + 0" \
    'EXO_FILTER uint64_t f(struct exo_context* c) { return c->data[9]; }'
refuses_source "returning an address" "r0 holds an address" \
    'EXO_FILTER uint64_t f(struct exo_context* c) { return (uint64_t)c->data; }'
refuses_source "an endless loop" "would never end" \
    'EXO_FILTER uint64_t f(struct exo_context* c) { while (c->length > 5) __asm__ volatile(""); return 0; }'
refuses_source "a filter that writes" "which a filter may not write" \
    'EXO_FILTER uint64_t f(struct exo_context* c) { if (c->length < 1) return 0; c->data[0] = 1; return 1; }'
refuses_source "a helper of handlers" "helper 2 is for handlers only" \
    'EXO_FILTER uint64_t f(struct exo_context* c) { exo_wake(c); return 1; }'
refuses_source "no program" "no program; mark a function" 'uint64_t f(void) { return 0; }'
refuses_source "two programs" "more than one program" \
    'EXO_FILTER uint64_t f(void) { return 0; } EXO_FILTER uint64_t g(void) { return 0; }'
refuses_source "a variable" '"total" is a variable' 'uint64_t total; EXO_FILTER uint64_t f(void) { return ++total; }'
refuses_source "a function that is not inlined" "was not inlined" \
    '__attribute__((noinline)) static uint64_t g(uint64_t x) { return x * 3; } EXO_FILTER uint64_t f(struct exo_context* c) { return g(c->length); }'
refuses_source "an atomic operation" "atomic operations are not supported" \
    'EXO_SCRATCH(uint64_t); EXO_FILTER uint64_t f(struct exo_context* c) { return __sync_fetch_and_add(exo_scratch_of(c, uint64_t), 1); }'
refuses_source "too much scratch memory" "at most 4096 are allowed" \
    'struct big { char octets[5000]; }; EXO_SCRATCH(struct big); EXO_FILTER uint64_t f(void) { return 0; }'

refuses_words "no source" "no source"
refuses_words "two sources" "one source at a time" a.c b.c
refuses_words "another language" "is not a C source" a.cpp
refuses_words "half an option" "needs something after it" -o
compiles "$scratch/missing.c"
check "a missing source: status 1, not $status" test "$status" = 1
echo 'int' >"$scratch/broken.c"
compiles "$scratch/broken.c"
check "a source that does not compile: status 1, not $status" test "$status" = 1
check "a source that does not compile: nothing left behind" nothing_left
compiles -o "$scratch/none/a.filter" examples/filters/accept_port.c
check "a folder that is not there: status 1, not $status" test "$status" = 1
check "a folder that is not there: says why" says "cannot be written"
compiles -v -o "$scratch/good.filter" examples/filters/udp_echo.c
check "a good source: status 0, not $status" test "$status" = 0
check "a good source: what was written" grep -q "handler, .* instructions, at most" "$scratch/stdout"
check "a good source: header and instructions" test "$(head -c 8 "$scratch/good.filter")" = exobpf01
compiles --help
check "help: status 0, not $status" test "$status" = 0
check "help: says how" grep -q '^usage: exo-bpf-cc' "$scratch/stdout"
finish
