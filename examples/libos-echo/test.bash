#!/usr/bin/env bash
# Boots libos-echo behind QEMU's NAT and expects a datagram back.
# usage: [SECONDS_MAX=N] test.bash EXO PROGRAM    EXO: the exokernel's tree
set -euo pipefail
exo=$1 program=$2
port=$((20000 + RANDOM % 20000))
"$exo/exo" --no-install run --timeout ${SECONDS_MAX:-60} --net "user,hostfwd=udp:127.0.0.1:$port-:7" "$program" &
machine=$!
trap 'kill $machine 2>/dev/null; wait $machine 2>/dev/null || :' EXIT
while kill -0 $machine 2>/dev/null; do
    exec {wire}<>"/dev/udp/127.0.0.1/$port"
    if echo "hello $port" >&$wire && [[ $(timeout 1 dd bs=2048 count=1 status=none <&$wire) == "hello $port" ]]; then
        echo "ok libos-echo answers"
        exit 0
    fi
    exec {wire}>&-
done 2>/dev/null
echo "FAILED libos-echo answers: the machine ended first"
exit 1
