#!/usr/bin/env bash
# What a user of `exo run` sees of programs in the machine: statuses, streams, crashes, time limits, shares, traces, gdb.
# usage: machine.bash, from the repository root. Requests that are refused before a machine starts are in refusals.bash.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/command/machine"
programs=build/tests/command
share=$scratch/share
mkdir -p "$share"
machine=(run --memory 64M --timeout 60)

stdout_is() { [[ $(<"$scratch/stdout") == "$1" ]] || { cat "$scratch/stdout"; false; }; }
stderr_is() { [[ $(<"$scratch/stderr") == "$1" ]] || { cat "$scratch/stderr"; false; }; }
# names FUNCTION...: the backtrace names these functions in this order.
names() {
    local pattern
    pattern=$(printf '.* %s[.a-z0-9]*\\+0x[0-9a-f]+' "$@")
    tr '\n' ' ' <"$scratch/stderr" | grep -qE "backtrace:$pattern" || { cat "$scratch/stderr"; false; }
}
# crashes HOW STATUS TEXT
crashes() {
    run_exo "${machine[@]}" $programs/crash "$1"
    check "$1: status $2, not $status" test "$status" = "$2"
    check "$1: says how" says "$3"
    check "$1: a backtrace with names" names innermost middle outermost main
    check "$1: what was printed before is there" stdout_is before
}

run_exo "${machine[@]}" --env "GIVEN=a b" --env EMPTY= $programs/echo "two words" '' '%41' x
check "a status of the program's own: 7, not $status" test "$status" = 7
check "arguments and variables" stdout_is "$programs/echo|two words||%41|x|GIVEN=a b|EMPTY="
check "stderr is the program's own" stderr_is "to stderr"
cp $programs/echo "$scratch/a name"
run_exo "${machine[@]}" "$scratch/a name"
check "a program whose name has a blank" grep -qF "$scratch/a name|GIVEN=(null)" "$scratch/stdout"

# Little memory: hello has what it needs, with room for growth; with less, whatever fails first is said.
run_exo run --memory 14M --timeout 60 build/examples/hello
check "a machine of 14 MiB: status 0, not $status" test "$status" = 0
check "a machine of 14 MiB: says hello" stdout_is "hello from a library OS"
run_exo run --memory 8M --timeout 60 build/examples/hello
check "a machine of 8 MiB: status 126, not $status" test "$status" = 126
check "a machine of 8 MiB: says why" says "not enough memory for the program"
says_hello_or_why_not() {
    if ((status == 0)); then stdout_is "hello from a library OS"; else ((status >= 125)) && says "steward: bin/hello"; fi
}
for size in 8256K 8448K 8640K 8832K 9088K; do
    run_exo run --memory $size --timeout 60 build/examples/hello
    check "a machine of $size: hello, or why not" says_hello_or_why_not
done

# Programs that were not linked with a library OS.
run_exo "${machine[@]}" build/examples/host/hello
check "a static program of the host: status 0, not $status" test "$status" = 0
check "a static program of the host: says what it says there" stdout_is "$(build/examples/host/hello)"
run_exo "${machine[@]}" $programs/movable-echo "two words" x
check "a position-independent one: status 7, not $status" test "$status" = 7
check "a position-independent one: its arguments" grep -qF "$programs/movable-echo|two words|x|" "$scratch/stdout"
run_exo "${machine[@]}" $programs/movable-crash segv
check "a position-independent one that crashes: a backtrace with names" names innermost middle outermost main
run_exo "${machine[@]}" /bin/busybox wc -c /manifest-that-is-not-there
check "Debian's static busybox: its own status for a missing file: 1, not $status" test "$status" = 1
check "Debian's static busybox: its own sentence" says "/manifest-that-is-not-there: No such file or directory"
head -c 300000 /dev/urandom >"$scratch/bytes"
run_exo "${machine[@]}" --file "$scratch/bytes=data/bytes" /bin/busybox sha256sum /data/bytes
check "Debian's static busybox: the sum of a file" stdout_is "$(cd "$scratch" && sha256sum bytes | cut -c 1-64)  /data/bytes"

# Streams, exact to the byte: through a pipe, out of the boot archive, to a reader that goes away.
head -c 1000000 /dev/urandom >"$scratch/bytes"
status=0
timeout 60 "$exo" run --memory 64M $programs/copy <"$scratch/bytes" >"$scratch/copied" 2>"$scratch/stderr" || status=$?
check "standard input and output: status 0, not $status" test "$status" = 0
check "standard input and output: the same million bytes" cmp "$scratch/bytes" "$scratch/copied"
run_exo "${machine[@]}" --file "$scratch/bytes=data/bytes" $programs/copy /data/bytes
check "a file of the boot archive: the same million bytes" cmp "$scratch/bytes" "$scratch/stdout"
run_exo "${machine[@]}" $programs/copy /data/none
check "a file that is not there: status 1, not $status" test "$status" = 1
check "a file that is not there: the program's own sentence" stderr_is "/data/none: No such file or directory"
status=0
timeout 60 "$exo" run --memory 64M $programs/copy <"$scratch/bytes" 2>"$scratch/stderr" | head -c 1 >/dev/null ||
    status=${PIPESTATUS[0]}
check "a reader that goes away: status 141, not $status" test "$status" = 141
status=0
TMPDIR=$scratch/temporary timeout --preserve-status -s INT 2 "$exo" run --memory 64M $programs/wait \
    >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?
check "interrupted: status 130, not $status" test "$status" = 130
check "interrupted: nothing left behind" nothing_left

crashes segv 139 "ended by SIGSEGV: nothing is mapped at address 0x10,"
crashes divide 136 "ended by SIGFPE: division by zero"
crashes abort 134 "ended by SIGABRT"
crashes illegal 132 "ended by SIGILL"

# Two programs in one machine: one crashes at once, the other goes on for two seconds and then writes its file.
run_exo run --memory 128M --timeout 60 --share "$share" --file $programs/crash=bin/crash \
    --manifest "program bin/crash" --manifest "arg segv" $programs/survivor /share/survivor
check "beside a crash: its status, 139, not $status" test "$status" = 139
check "beside a crash: the other program lives on" grep -qx 42949017600 "$share/survivor"

for how in sleep spin; do
    run_exo run --memory 64M --timeout 2 $programs/wait $how
    check "a time limit, $how: status 124, not $status" test "$status" = 124
    check "a time limit, $how: one sentence" one_sentence
    check "a time limit, $how: says so" says "the time limit of 2 s ended the machine"
    check "a time limit, $how: what was printed is there" stdout_is waiting
    check "a time limit, $how: nothing left behind" nothing_left
done

# Malformed matrices: the program's own sentence and status, and no output file.
# matrix NAME TEXT BODY: a Matrix Market file with that body is refused with that text.
matrix() {
    printf "$3" >"$share/matrix"
    run_exo "${machine[@]}" --share "$share" build/examples/cg /share/matrix --output /share/solution
    check "a matrix with $1: status 1, not $status" test "$status" = 1
    check "a matrix with $1: one sentence" test "$(wc -l <"$scratch/stderr")" = 1
    check "a matrix with $1: says why" says "$2"
    check "a matrix with $1: no output" test -z "$(find "$share" -name 'solution*')"
}
head='%%%%MatrixMarket matrix coordinate real symmetric\n'
matrix "a wrong header" "wrong header" '%%%%MatrixMarked matrix coordinate real symmetric\n2 2 2\n1 1 1\n2 2 1\n'
matrix "an index out of range" "line 4: the row number 3 is outside 1 to 2" "${head}2 2 2\n1 1 1\n3 2 1\n"
matrix "a direction of negative curvature" "not positive definite" "${head}2 2 3\n1 1 1\n2 1 -9\n2 2 1\n"
matrix "an entry missing" "truncated" "${head}2 2 2\n1 1 1\n"
printf "${head}2 2 2\n1 1 1\n2 2 1\n" >"$share/matrix"
run_exo "${machine[@]}" --share "$share:ro" build/examples/cg /share/matrix --output /share/solution
check "a share for reading: status 1, not $status" test "$status" = 1
check "a share for reading: says so" says "Read-only file system"
check "a share for reading: no output" test -z "$(find "$share" -name 'solution*')"

run_exo run --memory 64M --vcores 2 --trace "$scratch/trace.json" $programs/echo
check "a trace: status 7, not $status" test "$status" = 7
check "a trace: keeps the rules of the format" tests/command/trace_rules.pl "$scratch/trace.json"
check "a trace: system calls are in it" grep -q '"ph":"B","name":"write"' "$scratch/trace.json"
check "a trace: a call that is not there is named once" test "$(grep -c '"name":"rseq"' "$scratch/trace.json")" = 1
run_exo run --memory 64M --trace "$scratch/crash.json" $programs/crash segv
check "a trace of a crash: status 139, not $status" test "$status" = 139
check "a trace of a crash: keeps the rules" tests/command/trace_rules.pl "$scratch/crash.json"
echo kept >"$scratch/old.json"
run_exo run --memory 64M --timeout 1 --trace "$scratch/old.json" $programs/wait sleep
check "a trace that was not finished: the older file stays" grep -qx kept "$scratch/old.json"
check "a trace that was not finished: nothing half-written" test ! -e "$scratch/old.json.partial"

run_exo run --memory 64M --verbose --manifest "machine log" build/examples/dirty-pages
check "a program that is its own library OS: status 0, not $status" test "$status" = 0
check "a program that is its own library OS: takes its own faults" says "pages written: 0x100010116"

run_exo "${machine[@]}" --net user --net hub:command,model=e1000e --ip 10.0.0.2/24,10.0.0.1 --verbose $programs/address
check "interfaces: status 0, not $status" test "$status" = 0
check "interfaces: the program is told its addresses" stdout_is "dhcp 10.0.0.2/24,10.0.0.1"
check "interfaces: both NICs are in the machine" \
    test "$(grep -cE '^device [0-9]+: .* (1af4:1041|8086:10d3) class 020000' "$scratch/stderr")" = 2

# --gdb: the machine stands still until a debugger has come; this one asks where it is, and detaches.
debug() {
    local answer= attempt
    for attempt in $(seq 50); do
        exec 7<>/dev/tcp/127.0.0.1/1234 && break
        sleep 0.1
    done 2>/dev/null
    printf '+$?#3f' >&7
    read -r -t 10 -d '#' -u 7 answer || true
    printf '+$D#44' >&7
    [[ $answer == *'$T05'* || $answer == *'$S05'* ]]
}
TMPDIR=$scratch/temporary timeout 60 "$exo" run --memory 64M --gdb $programs/echo >"$scratch/stdout" 2>"$scratch/stderr" </dev/null &
machine_process=$!
check "gdb: the machine has stopped and answers" debug
status=0
wait $machine_process || status=$?
exec 7>&-
check "gdb: says what to type" says "target remote :1234"
check "gdb: goes on when the debugger leaves: status 7, not $status" test "$status" = 7
finish
