#!/usr/bin/env bash
# Runs the tests of disks in a machine with one NVMe disk, on an image of its own. KIND: nvme, blocks of 512 bytes;
# nvme-4k, of 4096; extent and extent-4k, an extent of a shared disk; errors, with errors injected beneath the disk; count
# and extent-count, instructions.
# usage: run.bash nvme|nvme-4k|extent|extent-4k|errors|count|extent-count
set -euo pipefail
kind=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
image=$scratch/disk.img
disk=$image,size=16M
words=()
case $kind in
nvme) ;;
extent) disk+=,shared=14M ;;
extent-4k) disk+=,shared=14M,logical_block_size=4096,physical_block_size=4096 ;;
extent-count)
    disk+=,shared=14M
    words=(count)
    ;;
nvme-4k) disk+=,logical_block_size=4096,physical_block_size=4096 ;;
count) words=(count) ;;
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
    echo "run.bash: '$kind' is none of nvme, nvme-4k, extent, extent-4k, errors, count and extent-count" >&2
    exit 2
    ;;
esac
counting=()
if [[ $kind == *count ]]; then
    counting=(--icount)
fi
build/bin/exo run --verbose "${counting[@]}" --memory 128M --timeout 250 --manifest "machine log" --disk "$disk" \
    build/tests/disk/disk-tests "${words[@]}"
