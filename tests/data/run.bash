#!/usr/bin/env bash
# Files on a disk, as programs on libos-hpc have them at /data; images are in memory, since it is machines that are killed here, not
# hosts. KIND: torture, the same random operations here and on the host's file system; verify, blocks that know where
# they are; killed, records and databases of machines that are killed in the middle of it; refusals, images that are not mounted.
# usage: run.bash torture|verify|killed|refusals, from the repository root
set -uo pipefail
kind=${1:-}
programs=build/tests/data
scratch=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$scratch"' EXIT
image=$scratch/d.img
failed=0

# verdict NAME COMMAND...: prints whether it succeeded.
verdict() {
    local name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "FAILED $name" && failed=1; fi
}
# machine WORDS...: a program with the image; what options it needs come first.
machine() { build/bin/exo run --timeout 100 --disk "$image,size=256M" "$@"; }
sound() { build/bin/exo disk fsck "$image" >"$scratch/fsck" || { cat "$scratch/fsck" && false; }; }

same_as_the_host() {
    local seed=$1 operations=$2
    rm -f "$image"
    local host
    host=$(mktemp -d) # not in memory: tmpfs has no FALLOC_FL_ZERO_RANGE
    $programs/torture "$host/tree" "$seed" "$operations" >"$scratch/host"
    rm -rf "$host"
    machine $programs/torture /data/tree "$seed" "$operations" >"$scratch/ours" || return 1
    [[ -s $scratch/host ]] && diff "$scratch/host" "$scratch/ours" | head -20 && cmp -s "$scratch/host" "$scratch/ours"
}

# killed_after LINES WORDS...: a machine that is killed once it has said so many, with nothing flushed or closed.
killed_after() {
    local lines=$1
    shift
    : >"$scratch/said"
    build/bin/exo run --timeout 100 --disk "$image,size=256M" "$@" >"$scratch/said" 2>"$scratch/errors" &
    local exo=$! qemu
    for ((i = 0; i < 600 && $(wc -l <"$scratch/said") < lines; i++)); do
        sleep 0.05
    done
    for ((i = 0; i < 100; i++)); do # a process can be missed while others come and go
        qemu=$(pgrep -P $exo | head -1)
        [[ -z $qemu ]] || break
    done
    kill -9 "$qemu" || kill $exo
    wait $exo
    [[ $? == 125 ]] || { echo "the machine was not killed in the middle" && cat "$scratch/errors" && return 1; }
}
# Each line of what was said is a thread and a number; of each thread, at least so many must be found.
all_there() {
    awk 'NR == FNR { found[$1] = $2; next } NF == 2 && $2 > most[$1] { most[$1] = $2 }
         END { for (t in most) { if (found[t] + 0 < most[t]) { print "thread", t, "said", most[t], "found", found[t]; bad = 1 }
                                 said += most[t] } exit bad || said == 0 }' "$scratch/found" "$scratch/said"
}
records_survive() {
    rm -f "$image"
    for lines in 1 300 35 900 122 2000; do
        killed_after $lines --vcores 2 $programs/records /data write 4 || return 1
        sound || return 1
        machine $programs/records /data check >"$scratch/found" && all_there || return 1
    done
}
database_survives() {
    local journal=$1
    rm -f "$image"
    for lines in 1 100 31 177; do
        killed_after $lines $programs/sqlite_crash /data/bank "$journal" write || return 1
        sound || return 1
        machine $programs/sqlite_crash /data/bank "$journal" check >"$scratch/checked" || return 1
        grep -qx "integrity ok" "$scratch/checked" && grep -qx "sum 500000" "$scratch/checked" &&
            grep -qx "gaps 0" "$scratch/checked" || { cat "$scratch/checked" && return 1; }
        awk '$1 == "transfers" { print 0, $2 }' "$scratch/checked" >"$scratch/found"
        all_there || return 1
    done
}

refused() { # refused WORDS-IN-THE-SENTENCE IMAGE-AND-OPTIONS: and nothing is changed
    local before file=${2%%,*}
    before=$(md5sum <"$file")
    build/bin/exo run --timeout 60 --disk "$2" /bin/busybox ls /data 2>"$scratch/errors"
    [[ $? == 1 && $(wc -l <"$scratch/errors") == 1 && $(<"$scratch/errors") == *"$1"* && $(md5sum <"$file") == "$before" ]] ||
        { cat "$scratch/errors" && false; }
}

case $kind in
torture)
    for seed in 1 2 3; do
        verdict "seed $seed: 100,000 operations as on the host" same_as_the_host $seed 100000
        verdict "seed $seed: the file system is sound" sound
    done
    ;;
verify)
    verdict "four threads on one core, 4 KiB" machine $programs/verify /data/one 8000 4096 20000
    verdict "four threads on two cores, 4 KiB" machine --vcores 2 $programs/verify /data/two 8000 4096 20000
    verdict "four threads on two cores, 512 octets" machine --vcores 2 $programs/verify /data/small 8000 512 20000
    verdict "the file system is sound" sound
    ;;
killed)
    verdict "records that were acknowledged" records_survive
    verdict "SQLite with a write-ahead log" database_survives WAL
    verdict "SQLite with a rollback journal" database_survives DELETE
    ;;
refusals)
    head -c 20M /dev/urandom >"$scratch/noise"
    verdict "an image of something else" refused "holds no store" "$scratch/noise"
    truncate -s 2M "$scratch/small"
    verdict "an image that is too small" refused "too small" "$scratch/small"
    truncate -s 64M "$scratch/late" && printf x | dd of="$scratch/late" bs=1M seek=63 conv=notrunc 2>/dev/null
    verdict "an image with something at its end" refused "holds no store" "$scratch/late"
    verdict "an image is made" machine /bin/busybox mkdir /data/kept
    build/bin/exo run --timeout 60 --disk "$image,ro" /bin/busybox ls /data >"$scratch/listed"
    verdict "a read-only image is read" grep -qx kept "$scratch/listed"
    build/bin/exo run --timeout 60 --disk "$image,ro" /bin/busybox mkdir /data/more 2>"$scratch/errors"
    verdict "a read-only image is not changed" grep -q "Read-only file system" "$scratch/errors"
    ;;
*)
    echo "run.bash: '$kind' is none of torture, verify, killed and refusals" >&2
    exit 2
    ;;
esac
exit $failed
