#!/usr/bin/env bash
# 10,000 connections to a store at once, readers who do not read, and peers who vanish: this host is the peers, over a tap. It
# takes the right to make interfaces; a host that does not give it is told so, and that is all.
# usage: crowd.bash, from the repository root
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/kv/crowd-scratch"
if [[ ! -x build/tests/kv/crowd ]]; then
    echo "FAILED build/tests/kv/crowd is not there: ninja exo-test-set builds it"
    exit 1
fi
tap=exo-c$$
machine=
end_all() {
    [[ -z $machine ]] || { kill -INT "$machine" 2>/dev/null || :; wait "$machine" 2>/dev/null || :; }
    ip link delete "$tap" 2>/dev/null || :
}
trap end_all EXIT
if ! ip tuntap add "$tap" mode tap vnet_hdr 2>/dev/null; then
    echo "ok skipped: this host lets nobody make taps"
    exit 0
fi
ulimit -n "$(ulimit -Hn)"
(($(ulimit -n) > 10100)) || { echo "ok skipped: this host gives no program 10,000 sockets"; exit 0; }
net=10.77.$((RANDOM % 256))
ip address add $net.1/24 dev "$tap"
ip link set "$tap" up
: >"$scratch/said"
TMPDIR=$scratch/temporary env --default-signal=INT "$exo" kv --memory 1G --timeout 280 --net "tap:$tap,model=virtio-net-pci" \
    --ip $net.2/24 >"$scratch/out" 2>"$scratch/said" </dev/null &
machine=$!
for ((tries = 0; tries < 300; tries++)); do
    grep -q 'kv: serving' "$scratch/said" && break
    sleep 0.1
done
crowd() { timeout 100 build/tests/kv/crowd $net.2 6379 "$@" || failures=$((failures + 1)); }
crowd many 10000
crowd slow 1000
crowd reset 1000
# An address that this host has no longer: nobody answers for it, and what its sockets say goes nowhere.
ip address add $net.3/24 dev "$tap"
mkfifo "$scratch/vanished"
(
    exec {vanished}<>"$scratch/vanished"
    timeout 100 build/tests/kv/crowd $net.2 6379 silent 1000 $net.3 <&$vanished || echo "FAILED"
) >"$scratch/silent" &
crowd=$!
for ((tries = 0; tries < 600; tries++)); do
    grep -q 'may vanish' "$scratch/silent" && break
    sleep 0.1
done
ip address delete $net.3/24 dev "$tap"
echo >"$scratch/vanished"
wait $crowd
cat "$scratch/silent"
failures=$((failures + $(grep -c '^FAILED' "$scratch/silent" || :)))
kill -INT $machine
status=0
wait $machine || status=$?
machine=
check "Ctrl-C: status 0, not $status" test $status = 0
check "and nothing more was said" test "$(wc -l <"$scratch/said")" = 1
check "nothing is left behind" nothing_left
finish
