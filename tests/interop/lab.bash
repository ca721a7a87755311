# What the scripts of this folder share: a Linux guest on a hub, machines of ours on it, and tshark's judgement of the
# wire. Sourced from the repository root.
set -euo pipefail
folder=build/tests/interop
failures=0 guest= machines=()
# What a guest has beside busybox: modules, and PATH=FILE.
guest_words=(virtio_pci virtio_net guest.sh=tests/interop/guest.sh)

# begin NAME: an empty scratch folder, a hub of its own.
begin() {
    scratch=$PWD/$folder/$1 hub=interop-$$
    rm -rf "$scratch"
    mkdir -p "$scratch"
    trap 'kill $guest ${machines[*]} 2>/dev/null || true' EXIT
}

# say NAME CONDITION...: a line a check.
say() {
    local name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "FAILED $name"; failures=$((failures + 1)); fi
}

# wait_for TEXT FILE [SECONDS]
wait_for() {
    local tries
    for ((tries = 0; tries < ${3:-60} * 5; tries++)); do
        grep -qa -- "$1" "$2" 2>/dev/null && return
        sleep 0.2
    done
    return 1
}

# A dynamic program of this host, with its libraries, for the guest.
tool() {
    local file
    guest_words+=("bin/${1##*/}=$1")
    for file in $(ldd "$1" | grep -o '/[^ ]*'); do guest_words+=("${file#/}=$file"); done
}

# start_guest SCRIPT WORDS...: Linux at 10.7.0.2, running SCRIPT.sh of this folder. What it says is in $scratch/guest.
start_guest() {
    local script=$1 kernel
    shift
    kernel=$($folder/interop-guest tests/interop/"$script".sh "$scratch/initramfs.cpio" "${guest_words[@]}")
    timeout 560 qemu-system-x86_64 -machine q35 -nodefaults -display none -no-reboot -serial stdio -accel tcg \
        -cpu max,-la57,-pku,-erms -smp 1 -m 256M -kernel "$kernel" -initrd "$scratch/initramfs.cpio" \
        -append "console=ttyS0 quiet panic=-1 no_timer_check rdinit=/init mitigations=off tsc=reliable -- $*" \
        -netdev "stream,id=net0,server=off,addr.type=unix,addr.path=$(build/bin/exo hub "$hub")" \
        -device virtio-net-pci,netdev=net0,mac=52:54:00:00:00:02,romfile= \
        -object "filter-dump,id=dump,netdev=net0,file=$scratch/wire.pcap" >"$scratch/guest" 2>&1 </dev/null &
    guest=$!
}

# The guest's checks count, and one that did not run is a failure, for the guest must come to its end.
end_guest() {
    wait $guest || true
    guest=
    tr -d '\r' <"$scratch/guest" | grep -aE '^(ok|FAILED) ' || true
    failures=$((failures + $(tr -d '\r' <"$scratch/guest" | grep -caE '^FAILED ' || true)))
    say "the guest came to its end" grep -qa "guest done" "$scratch/guest"
}

# start_machine NAME WORDS...: `exo run` with one NIC on the hub; its input is $input, its outputs are in $scratch/NAME.out and
# .err.
start_machine() {
    local name=$1
    shift
    timeout 560 build/bin/exo run --timeout 550 --memory 128M --net "hub:$hub,model=${model:-virtio-net-pci}" "$@" \
        >"$scratch/$name.out" 2>"$scratch/$name.err" <"${input:-/dev/null}" &
    machines+=($!)
}

# The last machine that was started ends, with this status.
machine_ends() {
    local status=0
    wait "${machines[-1]}" || status=$?
    unset 'machines[-1]'
    [[ $status == "$1" ]] || { echo "status $status"; cat "$scratch"/*.err; return 1; }
}

finish() {
    say "tshark finds nothing wrong with frames of ours" tests/interop/judge.bash "$scratch/wire.pcap"
    rm -f "$scratch/wire.pcap"
    echo "$failures failed"
    exit $((failures > 0))
}
