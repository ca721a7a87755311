#!/usr/bin/env bash
# Runs the tests of ports in a machine with two NICs of a kind on one hub. Words behind KIND go to the program.
# usage: run.bash virtio|e1000e [ARGUMENTS...]
set -euo pipefail
kind=$1
shift
case $kind in
virtio) model=virtio-net-pci,packed=on,page-per-vq=on ;;
e1000e) model=e1000e ;;
*)
    echo "run.bash: '$kind' is neither virtio nor e1000e" >&2
    exit 2
    ;;
esac
exec build/bin/exo run --verbose --memory 256M --timeout 250 --manifest "machine log" \
    --net "hub:wire,model=$model" --ip 10.0.0.1/24 \
    --net "hub:wire,model=$model" --ip 10.0.0.2/24 build/tests/network/network-tests "$@"
