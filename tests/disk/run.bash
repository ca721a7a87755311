#!/usr/bin/env bash
# Runs the tests of disks in a machine with one NVMe disk, on an image of its own. KIND: nvme, blocks of 512 bytes;
# nvme-4k, of 4096; virtual, a virtual function of the controller; extent and extent-4k, an extent of a shared disk;
# errors, with errors injected beneath the disk; slow, one read a second; count and extent-count, instructions.
# attacks: an owner that does what it must not; catalogue: the same blocks at every boot, and zeroes for who comes next.
# hung: a shared disk that carries out one write in minutes, with two owners.
# usage: run.bash nvme|nvme-4k|virtual|extent|extent-4k|attacks|catalogue|hung|errors|slow|count|extent-count
set -euo pipefail
kind=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
image=$scratch/disk.img
disk=$image,size=16M
words=()
case $kind in
nvme) ;;
virtual)
    disk+=,virtual
    words=(virtual)
    ;;
extent) disk+=,shared=14M ;;
extent-4k) disk+=,shared=14M,logical_block_size=4096,physical_block_size=4096 ;;
attacks) disk+=,shared=8M ;;
catalogue | hung) ;;
extent-count)
    disk+=,shared=14M
    words=(count)
    ;;
nvme-4k) disk+=,logical_block_size=4096,physical_block_size=4096 ;;
count) words=(count) ;;
slow)
    words=(slow)
    truncate -s 16M "$image"
    disk=qemu:file=$image,format=raw,throttling.iops-read=1
    ;;
errors)
    words=(errors)
    truncate -s 16M "$image"
    cat >"$scratch/faults" <<'FAULTS'
[inject-error]
event = "none"
iotype = "read"
errno = "5"
sector = "800"

[inject-error]
event = "none"
iotype = "write"
errno = "5"
sector = "1600"
once = "on"
FAULTS
    disk=qemu:file=blkdebug:$scratch/faults:$image,format=raw
    ;;
*)
    echo "run.bash: '$kind' is none of nvme, nvme-4k, virtual, extent, extent-4k, attacks, catalogue, hung, errors, slow, count and extent-count" >&2
    exit 2
    ;;
esac
counting=()
if [[ $kind == *count ]]; then
    counting=(--icount)
fi
program=build/tests/disk/disk-tests
if [[ $kind == attacks ]]; then
    program=build/tests/disk/extent-attacks
fi
if [[ $kind == catalogue ]]; then
    cp "$program" "$scratch/second"
    cp "$program" "$scratch/third"
    # PROGRAM WORD SIZE [OPTIONS...]
    boot() {
        build/bin/exo run --verbose --memory 128M --timeout 60 --manifest "machine log" "${@:4}" \
            --disk "$image,shared=$3" "$1" "$2"
    }
    refused() {
        if boot "$@" >"$scratch/log" 2>&1 || ! grep -q "$expected" "$scratch/log"; then
            echo "FAILED catalogue: not refused: $expected"
            exit 1
        fi
        echo "ok catalogue: refused: $expected"
    }
    truncate -s 16M "$image"
    boot "$program" mark 6M
    boot "$scratch/second" zero 6M
    boot "$scratch/second" mark 6M
    boot "$program" marked 6M
    expected="has not so much room left"
    refused "$scratch/third" zero 6M
    boot "$scratch/third" zero 6M --manifest "remove-extent 0 bin/disk-tests"
    boot "$scratch/second" marked 6M
    # One copy of the catalogue is lost, then both.
    dd if=/dev/urandom of="$image" bs=4096 count=1 conv=notrunc status=none
    boot "$scratch/second" marked 6M
    dd if=/dev/urandom of="$image" bs=4096 count=2 conv=notrunc status=none
    cp "$image" "$scratch/before"
    expected="holds something else, and no catalogue"
    refused "$scratch/second" marked 6M
    cmp "$image" "$scratch/before" && echo "ok catalogue: nothing was written to a disk without one"
    exit 0
fi
if [[ $kind == hung ]]; then
    cp "$program" "$scratch/neighbour"
    # DISK WORD [NEIGHBOUR'S-WORD]
    boot() {
        local beside=()
        if (($# > 2)); then
            beside=(--file "$scratch/neighbour=bin/neighbour" --manifest "program bin/neighbour" --manifest "arg $3"
                --manifest "memory 33554432" --manifest "extent 0 4194304" --manifest "machine log")
        fi
        build/bin/exo run --verbose --memory 256M --timeout 130 --disk "$1" --manifest "machine log" "${beside[@]}" \
            "$program" "$2" 2>&1
    }
    said() {
        if grep -q "shared disk 0 left a command of bin/disk-tests unfinished: its controller was reset" "$scratch/log"; then
            echo "ok hung disk: $1"
        else
            echo "FAILED hung disk: $1"
            exit 1
        fi
    }
    truncate -s 16M "$image"
    boot "$image,shared=8M" mark mark
    # The first write is carried out, the second may begin when 512 seconds have passed.
    hung=qemu-shared:file=$image,format=raw,throttling.bps-write=1
    boot "$hung" hung neighbour | tee "$scratch/log"
    said "the steward says that it reset the controller"
    boot "$hung" leaving | tee "$scratch/log"
    said "what an owner left under way does not keep the machine"
    exit 0
fi
build/bin/exo run --verbose "${counting[@]}" --memory 128M --timeout 250 --manifest "machine log" --disk "$disk" \
    "$program" "${words[@]}"
