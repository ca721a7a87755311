#!/usr/bin/env bash
# Sockets of libos-hpc against the host's, through a NIC: both ways, TCP and UDP; and without one. tshark reads what
# `--trace` recorded of it.
# usage: run.bash, from the repository root
set -euo pipefail
. tests/command/port.bash
folder=build/tests/sockets
scratch=$(mktemp -d)
peer=
trap '[[ -z $peer ]] || kill "$peer"; rm -rf "$scratch"' EXIT
failed=0

build/bin/exo run --memory 64M --timeout 60 $folder/outside || failed=1

$folder/peer serve >"$scratch/port" &
peer=$!
for ((i = 0; i < 100; i++)); do
    [[ ! -s $scratch/port ]] || break
    sleep 0.1
done
port=$(<"$scratch/port")
forward=$(free_ports 1)
build/bin/exo run --memory 64M --timeout 100 --trace "$scratch/trace.json" \
    --net "user,hostfwd=tcp:127.0.0.1:$forward-:99,hostfwd=udp:127.0.0.1:$forward-:99" \
    $folder/outside 10.0.2.2 "$port" 99 >"$scratch/out" &
machine=$!
for ((i = 0; i < 900; i++)); do
    ! grep -q ready "$scratch/out" && kill -0 $machine 2>/dev/null || break
    sleep 0.1
done
$folder/peer ask "$forward" || failed=1
wait $machine || failed=1
grep -v ready "$scratch/out"

frames() {
    tshark -n -r "$scratch/trace.json.nic0.pcap" -Y "$1" 2>/dev/null
}
# captured NAME FILTER: the capture has such frames.
captured() { if [[ -n $(frames "$2") ]]; then echo "ok $1"; else echo "FAILED $1"; failed=1; fi; }
captured "the capture has the lease" "dhcp.option.dhcp == 5"
captured "the capture has TCP of ours" "eth.src[0:2] == 52:58 && tcp.len > 0"
captured "the capture has TCP of the peer" "eth.dst[0:2] == 52:58 && tcp.len > 0"
captured "the capture has UDP in fragments" "eth.src[0:2] == 52:58 && ip.flags.mf == 1"
if tests/interop/judge.bash "$scratch/trace.json.nic0.pcap"; then
    echo "ok tshark finds nothing wrong with frames of ours"
else
    echo "FAILED tshark finds nothing wrong with frames of ours"
    failed=1
fi
exit $failed
