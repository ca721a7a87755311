# What the scripts of this folder share: machines with disks, machines that are killed, and what became of what they
# said. Sourced, not run, from the repository root.
set -uo pipefail
programs=build/tests/data
scratch=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$scratch"' EXIT
failed=0
disks=()  # words of `exo run`: the disks of the machine
images=() # what `exo disk` is given to look at the file system

# verdict NAME COMMAND...: prints whether it succeeded.
verdict() {
    local name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "FAILED $name" && failed=1; fi
}
# machine WORDS...: a machine with the disks; what options it needs come first.
machine() { build/bin/exo run --timeout 100 "${disks[@]}" "$@"; }
sound() { build/bin/exo disk fsck "${images[@]}" >"$scratch/fsck" 2>&1 || { cat "$scratch/fsck" && false; }; }
# quiet WORDS...: a machine that succeeds, and says nothing on standard error.
quiet() { machine "$@" >"$scratch/output" 2>"$scratch/errors" && [[ ! -s $scratch/errors ]] || { cat "$scratch/errors" && false; }; }
# says TEXT WORDS...: the machine succeeds, and says that on standard error.
says() {
    local text=$1
    shift
    machine "$@" >"$scratch/output" 2>"$scratch/errors" && grep -qF -- "$text" "$scratch/errors" || { cat "$scratch/errors" && false; }
}

# as_on_the_host SEED OPERATIONS: all that torture does on /data gives what it gives on the host.
as_on_the_host() {
    local seed=$1 operations=$2
    local host
    host=$(mktemp -d) # not in memory: tmpfs has no FALLOC_FL_ZERO_RANGE
    $programs/torture "$host/tree" "$seed" "$operations" >"$scratch/host"
    rm -rf "$host"
    machine $programs/torture "/data/tree$seed" "$seed" "$operations" >"$scratch/ours" || return 1
    [[ -s $scratch/host ]] && diff "$scratch/host" "$scratch/ours" | head -20 && cmp -s "$scratch/host" "$scratch/ours"
}

# killed_after LINES WORDS...: a machine that is killed once it has said so many, with nothing flushed or closed.
killed_after() {
    local lines=$1
    shift
    : >"$scratch/said"
    build/bin/exo run --timeout 100 "${disks[@]}" "$@" >"$scratch/said" 2>"$scratch/errors" &
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
# Appends records until it is killed, and finds them. What was said is kept for `records_are_there`.
records_survive() { # LINES WORDS...
    local lines=$1
    shift
    killed_after "$lines" "$@" $programs/records /data write 4 && sound && records_are_there
}
records_are_there() { machine $programs/records /data check >"$scratch/found" && all_there; }

# refused WORDS-IN-THE-SENTENCE: one sentence, status 1, and no image is changed.
refused() {
    local before status
    before=$(md5sum "${images[@]}")
    machine /bin/busybox ls /data 2>"$scratch/errors"
    status=$?
    [[ $status == 1 && $(wc -l <"$scratch/errors") == 1 && $(<"$scratch/errors") == "exo: "*"$1"* &&
        $(md5sum "${images[@]}") == "$before" ]] || { echo "status $status" && cat "$scratch/errors" && false; }
}
