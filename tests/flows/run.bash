#!/usr/bin/env bash
# Runs a test program in a machine with two NICs on one wire, spare frames, and the rights that its children need. With
# "e1000e" before the rest the NICs are 82574Ls.
# usage: run.bash [e1000e] VCORES PROGRAM [ARGUMENTS...]
set -euo pipefail
model=virtio-net-pci
if [[ $1 == e1000e ]]; then
    model=$1
    shift
fi
vcores=$1
shift
exec build/bin/exo run --vcores "$vcores" --memory 256M --timeout 300 --manifest "spare 67108864" \
    --manifest "machine log power create" --net "hub:flows,model=$model" --ip 10.0.0.1/24 \
    --net "hub:flows,model=$model" --ip 10.0.0.2/24 "$@"
