#!/usr/bin/env bash
# Power cuts of the whole machine: a program appends records to a store on an NVMe disk beneath which QEMU records every
# write and flush; the machine is killed and started again; then the judge cuts the power everywhere.
# usage: run.bash
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

# A run of the appender: machine IMAGE-AND-LOG APPEND WORDS...
machine() {
    local name=$scratch/$1 append=$2
    shift 2
    exec build/bin/exo run --verbose --memory 128M --timeout 200 --manifest "machine log" \
        --disk "qemu:driver=blklogwrites,log-super-update-interval=1,log-append=$append,file.driver=raw,file.file.driver=file,file.file.filename=$name.img,log.driver=raw,log.file.driver=file,log.file.filename=$name.log" \
        build/tests/power-cuts/appender "$@"
}
make_disk() {
    truncate -s 24M "$scratch/$1.img"
    : >"$scratch/$1.log"
}
fail() {
    echo "FAILED $1"
    status=1
}

# Killed in the middle of its work, three times; each start checks what it finds.
make_disk killed
append=off
for turn in 1 2 3; do
    machine killed $append 1000000 >"$scratch/output" 2>&1 &
    host=$!
    for _ in {1..300}; do
        (($(stat -c %s "$scratch/killed.log") < turn * 4000000)) || break
        kill -0 $host 2>"$scratch/gone" || break
        sleep 0.2
    done
    pkill -KILL -P $host || true
    wait $host || true
    append=on
    if grep -q FAILED "$scratch/output"; then
        cat "$scratch/output"
        fail "power-cuts: start $turn of a machine that is killed"
    fi
done
if (machine killed on 500) >"$scratch/output" 2>&1; then
    echo "ok power-cuts: a machine that was killed three times finds all that it acknowledged"
else
    cat "$scratch/output"
    fail "power-cuts: a machine that was killed three times finds all that it acknowledged"
fi

make_disk whole
(machine whole off 10000) >"$scratch/output" 2>&1 || cat "$scratch/output"
if build/tests/power-cuts/judge "$scratch/whole.log"; then
    echo "ok power-cuts: every acknowledged record after every cut"
else
    fail "power-cuts: every acknowledged record after every cut"
fi

# A program that acknowledges too early must not get away with it.
make_disk early
(machine early off 300 early) >"$scratch/output" 2>&1 || cat "$scratch/output"
judged=0
build/tests/power-cuts/judge "$scratch/early.log" >"$scratch/verdict" || judged=$?
if ((judged == 3)); then
    echo "ok power-cuts: the judge notices records that are acknowledged before they are durable"
else
    cat "$scratch/verdict"
    fail "power-cuts: the judge notices records that are acknowledged before they are durable"
fi
exit $status
