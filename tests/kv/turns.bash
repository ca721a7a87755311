#!/usr/bin/env bash
# How long the store holds its vcore for what no request asked for, and for an index that grows, in a machine whose clock counts
# instructions, one a nanosecond: a thousand microseconds of INFO and SLOWLOG are a million instructions. A line a check.
# usage: turns.bash, from the repository root
set -euo pipefail
. tests/kv/store.bash
begin_store "$PWD/build/tests/kv/turns"
most_us=1000

pipe() { timeout 100 redis-cli -p "$port" --pipe | tail -1 >"$scratch/piped"; grep -q 'errors: 0' "$scratch/piped" || cat "$scratch/piped"; }
fresh() { cli config resetstat >/dev/null && cli slowlog reset >/dev/null; }
# turns_are_short NAME KIND: since the last `fresh` there were turns of that kind, and none of any kind was too long.
turns_are_short() {
    local its all
    its=$(info stats "longest_turn_$2_usec") all=$(info stats longest_turn_usec)
    check "$1: the longest turn of $2 takes $its us, of all kinds $all" test "$its" -gt 1 -a "$all" -lt $most_us
    fresh
}
# commands_are_short NAME: of those that INFO's clock saw take more than 100 us.
commands_are_short() {
    local longest
    longest=$(cli --json slowlog get 100000 | tr -d ' \n' | grep -o '\[[0-9]*,[0-9]*,[0-9]*,\[' | cut -d, -f3 | sort -n | tail -1 || :)
    check "$1: the longest command takes ${longest:-no} us" test "${longest:-0}" -gt 100 -a "${longest:-0}" -lt $most_us
}
freed() { for ((tries = 0; tries < 300; tries++)); do [[ $(info memory lazyfree_pending_objects) != 0 ]] || return 0; sleep 0.1; done; }
store() { boot --memory 1G --maxmemory 700M --icount "$@" && cli config set slowlog-log-slower-than 100 slowlog-max-len 100000 >/dev/null; }
# elements COMMAND FORM: one that adds 2,000 elements, fifty times; & of the form is a number.
elements() {
    for ((from = 0; from < 100000; from += 2000)); do
        printf '%s %s\n' "$1" "$(seq $from $((from + 1999)) | sed "s/.*/$2/" | tr '\n' ' ')"
    done | pipe
}
members=$(seq -f 'member:%g' 60 | tr '\n' ' ') # freed at once with their key

store
fresh
seq 400000 | sed 's/.*/SET key:& value:& EX 100000000/' | pipe
check "growth: 400,000 keys that expire" answers 400000 dbsize
commands_are_short "growth to 400,000 keys, and of those that expire"
fresh
cli flushall >/dev/null
freed
turns_are_short "FLUSHALL" freeing
for value in "RPUSH list/element:&" "SADD set/element:&" "HSET hash/element:& value" "ZADD sorted-set/& element:&"; do
    command=${value%/*} key=${command#* }
    elements "$command" "${value#*/}"
    fresh
    check "a $key of 100,000 is deleted" test "$(cli del "$key")" = 1
    freed
    turns_are_short "DEL of that $key" freeing
done

# How far the clock jumps while the machine is idle is the host's: the keys must be there before they are due.
for horizon_s in 400 2000 10000; do
    at=$(($(cli time | head -1) + horizon_s))
    { seq 200000 | sed "s/.*/SET key:& value:& EXAT $at/"; seq 5000 | sed "s/.*/SADD set:& $members\nEXPIREAT set:& $at/"; } | pipe
    fresh
    ((horizon_s == 10000 || $(cli dbsize) != 205000)) || break
done
for ((tries = 0; tries < 300; tries++)); do [[ $(cli dbsize) != 0 ]] || break; sleep 0.2; done
check "expiry: all at once, and all are gone: $(info stats expired_keys)" test "$(info stats expired_keys)" = 205000
turns_are_short "expiry" expiry

seq 10000 | sed "s/.*/SADD set:& $members/" | pipe
cli config set maxmemory-policy allkeys-lru maxmemory $(($(info memory used_memory) / 2)) >/dev/null
seq 10000 | sed 's/.*/SET key:& value/' | pipe
check "eviction: many went: $(info stats evicted_keys)" test "$(info stats evicted_keys)" -gt 4000
turns_are_short "eviction" eviction
stop

store --disk "$scratch/keys.img,size=200M"
seq 100000 | sed 's/.*/SET key:& value:&/' | pipe
turns_are_short "a journal of 100,000 writes" journal
cli bgsave >/dev/null
for ((tries = 0; tries < 300; tries++)); do [[ $(info persistence rdb_changes_since_last_save) != 0 ]] || break; sleep 0.1; done
check "a snapshot is written" test "$(info persistence rdb_changes_since_last_save)" = 0
sleep 2 # what was before it is given back
turns_are_short "a snapshot of 100,000 keys, and what was before it" snapshot
stop
finish
