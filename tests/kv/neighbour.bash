#!/usr/bin/env bash
# The store on a NIC and a disk that it shares, first alone and then beside a neighbour on the same core that floods its own share of
# both, takes all there is for it, and dies, again and again: a client gets every reply, and the right one. A line a check; the
# latencies are told, and judged by nobody. usage: neighbour.bash, from the repository root
set -euo pipefail
. tests/kv/store.bash
begin_store "$PWD/build/tests/kv/neighbour"
seconds=10 # of the client beside the neighbour, who goes on for a little longer
neighbour=(--file build/tests/hostile/flooder=bin/flooder --manifest "program bin/flooder"
    --manifest "env FLOOD_S=$((seconds + 8))" --manifest "memory 33554432" --manifest "spare 33554432" --manifest "machine log create"
    --manifest "flow 0 ether=ipv4 local=10.0.2.16 budget=16" --manifest "extent 0 4194304")
# shared WORDS...: the store as the first program of a machine whose NIC and disk are shared out.
shared() {
    start run --verbose --memory 512M --timeout 100 --manifest "machine log" \
        --net "user,hostfwd=tcp:127.0.0.1:$port-:$port,bind=flows" --ip 10.0.2.15/24,10.0.2.2 \
        --disk "$scratch/$1.img,size=64M,shared=48M" "${@:2}" build/libos-kv/kv --port "$port" --durability always
}
client() { # NAME
    timeout 60 build/tests/kv/steady "$port" "$seconds" "$1" >"$scratch/client" || echo "FAILED $1: the client ended with $?" >>"$scratch/client"
    lines_of "$scratch/client"
}

shared alone
client "alone"
stop
check "alone: SHUTDOWN: status 0, not $status" test "$status" = 0

shared beside "${neighbour[@]}"
client "beside the neighbour"
timeout 30 sh -c "until grep -q 'flooder: [0-9]* lives' '$scratch/said'; do sleep 0.2; done" || :
lives=$(sed -n 's/.*flooder: \([0-9]*\) lives.*/\1/p' "$scratch/said")
check "the neighbour lived and died ${lives:-no} times" test "${lives:-0}" -ge 5
grep 'flooder: life' "$scratch/said" | tail -3 | sed 's/^ *//'
check "and every key is there" test "$(cli dbsize)" = "$(cli --scan | wc -l)"
stop
check "beside the neighbour: SHUTDOWN, and the neighbour did as it was to: status 0, not $status" test "$status" = 0
finish
