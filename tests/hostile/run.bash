#!/usr/bin/env bash
# Runs the attacks in a machine with the functions that attackers and neighbour own: two entropy devices, an 82574L
# and six `edu` devices, which do DMA wherever they are told. Words before PROGRAM go to `exo run`.
# usage: run.bash VCORES [OPTIONS...] PROGRAM [ARGUMENTS...]
set -euo pipefail
vcores=$1
shift
machine=()
for _ in 1 2; do
    machine+=(--device virtio-rng-pci,disable-legacy=on,iommu_platform=on --manifest "function virtio:4")
done
machine+=(--device e1000e --manifest "function 8086:10d3")
for _ in 1 2 3 4 5 6; do
    machine+=(--device edu,dma_mask=0xffffffff --manifest "function 1234:11e8")
done
exec build/bin/exo run --vcores "$vcores" --memory 256M --timeout 900 --manifest "spare 67108864" \
    --manifest "machine log power create" "${machine[@]}" "$@"
