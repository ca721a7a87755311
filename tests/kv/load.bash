#!/usr/bin/env bash
# The store at its limits: memory full, with and without leave to evict, and peers that send what is no request. A line a check.
# usage: load.bash, from the repository root
set -euo pipefail
. tests/kv/store.bash
begin_store "$PWD/build/tests/kv/load"
oom="OOM command not allowed when used memory > 'maxmemory'."
most=$((12 << 20))
# sets FIRST LAST VALUE: SET of each, the number behind the value; one line a reply.
sets() { seq "$1" "$2" | sed "s/.*/SET key:& $3&/" | cli; }
# memory_within OCTETS: no more is used, once what was removed is freed.
memory_within() {
    for _ in $(seq 100); do
        [[ $(info memory lazyfree_pending_objects) != 0 ]] || break
        sleep 0.1
    done
    test "$(info memory used_memory)" -lt "$1"
}
value=$(printf '%01000d' 0)

boot --memory 64M --maxmemory 12M
before=$(info memory used_memory)
sets 1 20000 "$value" >"$scratch/replies"
stored=$(grep -cx OK "$scratch/replies")
check "memory full: some are stored ($stored), all others refused as Redis refuses them" \
    test "$stored" -gt 5000 -a "$(grep -cxF "$oom" "$scratch/replies")" = $((20000 - stored))
check "memory full: as many keys as were acknowledged" answers "$stored" dbsize
check "memory full: no more than it may have" test "$(info memory used_memory)" -lt $((most + 500000))
check "memory full: reads go on" answers "${value}7" get key:7
# A connection that has ended has left a little room, which the first of these take.
{ seq 200 | sed "s/.*/lpush list $value/"; printf 'multi\nset a %s\nexec\n' "$value$value"; } | cli | tail -7 >"$scratch/replies"
check "memory full: other writes, and transactions with one, are refused" test "$(<"$scratch/replies")" = \
    "$oom"$'\n\nOK\n'"$oom"$'\n\nEXECABORT Transaction discarded because of previous errors.'
cli del list >/dev/null
check "memory full: what frees is served" answers 100 del $(seq -f 'key:%g' 1 100)
check "memory full: and then there is room" answers OK set fresh value
check "memory full: nothing was evicted" test "$(info stats evicted_keys)" = 0

check "evicting: from now on" answers OK config set maxmemory-policy allkeys-lru
sets 100001 140000 "$value" >"$scratch/replies"
check "evicting: every write is taken" test "$(grep -cx OK "$scratch/replies")" = 40000
check "evicting: no more than it may have" test "$(info memory used_memory)" -lt $((most + 500000))
evicted=$(info stats evicted_keys)
check "evicting: others went ($evicted)" test "$evicted" -gt 25000
check "evicting: keys there, those that went and those deleted are all that were written" \
    test $(($(cli dbsize) + evicted + 100)) = $((stored + 1 + 40000))
check "evicting: what is there is right" test "$(cli get key:140000)" = "${value}140000"
check "evicting: keys seldom used went first" test "$(cli exists $(seq -f 'key:%g' 101 600))" -lt 50
timeout 60 redis-benchmark -p "$port" -t set,lpush,hset -n 20000 -r 100000 -d 2000 -P 16 -c 50 -q >"$scratch/bench" 2>&1 || :
check "evicting: 50 clients at once" test -z "$(tr '\r' '\n' <"$scratch/bench" | grep -i error)"
check "evicting: it serves" answers PONG ping
check "FLUSHALL" answers OK flushall
check "and its memory is free again" memory_within $((before + 500000))

timeout 60 build/tests/kv/broken "$port" 15 1 >"$scratch/broken" || :
lines_of "$scratch/broken"
check "broken peers: their connections are gone" test "$(info clients connected_clients)" = 1
cli flushall >/dev/null
check "broken peers: and their memory" memory_within $((before + 500000))
stop
check "SHUTDOWN: status 0, not $status" test "$status" = 0
finish
