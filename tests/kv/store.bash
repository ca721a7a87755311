# What the scripts of this folder share: a store in a machine of its own, booted, asked and ended. Sourced, not run.
. tests/command/report.bash
. tests/command/port.bash

# begin_store FOLDER: the scratch folder, and a port for all machines of the script.
begin_store() {
    begin "$1"
    port=$(free_ports 1)
    machine=
    trap cut_power EXIT
}

# Kills the machine, which is not in exo's group of processes and ends when that has ended; its disk and port are in use until then.
cut_power() {
    [[ -n $machine ]] || return 0
    local qemu
    qemu=$(pgrep -P "$machine" || :)
    kill -KILL -- "-$machine" 2>/dev/null || :
    wait "$machine" 2>/dev/null || :
    for process in $qemu; do
        for ((tries = 0; tries < 500; tries++)); do
            ps -L -o stat= -p "$process" | grep -q '^[^Z]' || break # of all its threads
            sleep 0.02
        done
    done
    rm -rf "$scratch/temporary"/*
    machine=
}

# start WORDS...: exo in the background, in a group of its own, once what it boots serves keys.
start() {
    : >"$scratch/said" # here: what the last machine said must be gone before it is looked at
    # A job in the background ignores Ctrl-C unless it is told not to.
    TMPDIR=$scratch/temporary setsid env --default-signal=INT "$exo" "$@" >"$scratch/out" 2>"$scratch/said" </dev/null &
    machine=$!
    for ((tries = 0; tries < 600; tries++)); do
        grep -q 'kv: serving' "$scratch/said" && return
        kill -0 $machine 2>/dev/null || break
        sleep 0.1
    done
    cat "$scratch/said"
}
# boot ARGS...: a store.
boot() { start kv --port "$port" --timeout 560 "$@"; }

# ended: waits until the machine has ended by itself, and leaves its status in $status.
ended() {
    status=0
    timeout 60 tail --pid="$machine" -f /dev/null || :
    wait "$machine" || status=$?
    machine=
}
stop() {
    cli shutdown >/dev/null 2>&1 || :
    ended
}

cli() { timeout 60 redis-cli -p "$port" "$@" 2>&1; }
# answers TEXT COMMAND...
answers() { [[ $(cli "${@:2}") == "$1" ]] || { cli "${@:2}"; false; }; }
# said PATTERN: by the machine or by exo.
said() { grep -q "$1" "$scratch/said" || { cat "$scratch/said"; false; }; }
# info SECTION NAME
info() { cli info "$1" | tr -d '\r' | sed -n "s/^$2://p"; }

# lines_of FILE: lines of checks that a program printed count as this script's.
lines_of() {
    cat "$1"
    failures=$((failures + $(grep -c '^FAILED ' "$1" || :)))
}
