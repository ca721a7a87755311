#!/usr/bin/env bash
# Runs a test program in a machine with spare frames, the rights that its children need, and a shared disk that carries
# out a hundred commands a second: what was submitted is in flight for long enough to do something meanwhile.
# usage: run.bash VCORES PROGRAM [ARGUMENTS...]
set -euo pipefail
vcores=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
truncate -s 16M "$scratch/disk.img"
build/bin/exo run --vcores "$vcores" --memory 256M --timeout 280 --manifest "spare 67108864" \
    --manifest "machine log power create" \
    --disk "qemu-shared:file=$scratch/disk.img,format=raw,throttling.iops-total=100" "$@"
