#!/usr/bin/env bash
# Runs a test program in a machine with two NICs on one wire, spare frames, and the rights that its children need. With
# "e1000e" before the rest the NICs are 82574Ls. tshark judges what passed the wire, where nothing forged may be.
# usage: run.bash [e1000e] VCORES PROGRAM [ARGUMENTS...]
set -euo pipefail
model=virtio-net-pci
if [[ $1 == e1000e ]]; then
    model=$1
    shift
fi
vcores=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0
build/bin/exo run --capture "$scratch/wire" --vcores "$vcores" --memory 256M --timeout 300 --manifest "spare 67108864" \
    --manifest "machine log power create" --net "hub:flows,model=$model" --ip 10.0.0.1/24 \
    --net "hub:flows,model=$model" --ip 10.0.0.2/24 "$@" || status=$?
if ! tests/interop/judge.bash "$scratch/wire.nic0.pcap"; then
    echo "tshark finds frames of ours that are not whole"
    ((status != 0)) || status=1 # how the machine ended says more
fi
exit "$status"
