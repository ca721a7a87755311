#!/usr/bin/env bash
# Runs the tests of ports in a machine with two NICs on one hub, of a kind or one of each. Words behind KIND go to the
# program; with "count" among them, the machine counts instructions.
# usage: run.bash virtio|e1000e|mixed [ARGUMENTS...]
# tshark judges what passed the wire, but for long runs of one kind of frame between their beginning and end.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
kind=$1
shift
counting=()
virtio=virtio-net-pci,packed=on,page-per-vq=on
case $kind in
virtio) models=("$virtio" "$virtio") ;;
e1000e) models=(e1000e e1000e) ;;
mixed) models=("$virtio" e1000e) ;;
*)
    echo "run.bash: '$kind' is none of virtio, e1000e and mixed" >&2
    exit 2
    ;;
esac
for word in "$@"; do
    if [[ $word == count ]]; then
        counting=(--icount)
    fi
done
status=0
build/bin/exo run --capture "$scratch/wire" --verbose "${counting[@]}" --memory 256M --timeout 250 --manifest "machine log" \
    --net "hub:wire,model=${models[0]}" --ip 10.0.0.1/24 --net "hub:wire,model=${models[1]}" --ip 10.0.0.2/24 \
    build/tests/network/network-tests "$@" || status=$?
if ((${#counting[@]} == 0)); then
    if tests/interop/judge.bash --frames 3000 "$scratch/wire.nic0.pcap"; then
        echo "ok tshark finds nothing wrong with frames of ours"
    else
        echo "FAILED tshark finds nothing wrong with frames of ours"
        status=1
    fi
fi
exit "$status"
