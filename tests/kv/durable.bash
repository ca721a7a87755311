#!/usr/bin/env bash
# The store with a disk as its users meet it: what was acknowledged is there after the machine was killed, after SHUTDOWN, and when
# the disk was full; clients at work while the machine is killed see each key as one thing; images that are something else are
# refused. A line a check. usage: durable.bash, from the repository root
set -euo pipefail
. tests/kv/store.bash
begin_store "$PWD/build/tests/kv/durable"
booted() { boot --memory 128M "$@"; }

image=$scratch/keys.img
booted --disk "$image,size=64M" --durability always
check "a new image: nothing is recovered" said '^kv: recovered 0 keys from 0 octets'
check "it says how durable it is" said '^kv: durability always'
check "INFO says so, too" test "$(info persistence durability)" = always
check "and CONFIG, in Redis' words" answers $'appendonly\nyes\nappendfsync\nalways' config get append*
for ((index = 1; index <= 300; index++)); do echo "set key:$index value:$index"; done | cli >"$scratch/replies"
check "300 writes acknowledged one by one" test "$(grep -cx OK "$scratch/replies")" = 300
printf 'rpush list a b c\nhset hash f 1\nsadd set x y z\nspop set\nexpire key:1 1000\nzadd z 1.5 m\nincrbyfloat real 0.1\n' | cli >/dev/null
members=$(cli smembers set | sort)
cut_power

booted --disk "$image" --durability always
check "after a kill: says what it found" said '^kv: recovered 305 keys'
check "after a kill: INFO, too" test "$(info persistence recovered_keys)" = 305
check "after a kill: all values" test "$(seq -f 'get key:%g' 1 300 | cli)" = "$(seq -f 'value:%g' 1 300)"
check "after a kill: a list" answers $'a\nb\nc' lrange list 0 -1
check "after a kill: what chance left of a set" test "$(cli smembers set | sort)" = "$members"
check "after a kill: expiry" test "$(cli ttl key:1)" -gt 900
check "after a kill: a score and a number" test "$(cli zscore z m) $(cli get real)" = '1.5 0.1'
check "SAVE" answers OK save
check "BGSAVE" answers 'Background saving started' bgsave
for ((tries = 0; tries < 100; tries++)); do [[ $(info persistence rdb_changes_since_last_save) == 0 ]] && break; sleep 0.1; done
check "a snapshot is written" test "$(info persistence rdb_changes_since_last_save)" = 0
cli set short-lived x px 1 >/dev/null
timeout 60 build/tests/kv/history $port 2 3 >"$scratch/history" 2>&1 &
history=$!
sleep 1.5
cut_power
wait $history || :
booted --disk "$image" --durability always
check "what has expired stays away" answers '' get short-lived
check "clients at work while it was killed: each key is one thing" \
    sh -c "timeout 60 build/tests/kv/history $port check '$scratch/history' >'$scratch/judged' || { cat '$scratch/judged'; false; }"
sed 's/^/ok: /' "$scratch/judged"
stop
check "SHUTDOWN: status 0, not $status" test $status = 0
cp "$image" "$scratch/again.img"
booted --disk "$scratch/again.img" --durability batch
check "after SHUTDOWN: all keys" said '^kv: recovered 30[0-9] keys\|^kv: recovered 3[1-9][0-9] keys'
check "batch: says what can be lost" said '^kv: durability batch: at most the last 100 ms of what was acknowledged can be lost'
stop

# Several vcores, each with its part of the keys and a journal of its own on the one disk.
shared=$scratch/shared.img
booted --vcores 2 --disk "$shared,size=64M" --durability always
check "two vcores: it says how durable it is" said '^kv: durability always'
check "two vcores: INFO says so, too" test "$(info persistence durability)" = always
check "two vcores: 300 writes acknowledged one by one" \
    test "$(seq 300 | sed 's/.*/set key:& value:&/' | cli | grep -cx OK)" = 300
printf 'rpush list a b c\nsadd set x y z\nspop set\nexpire key:1 1000\nmulti\nincr {t}1\nincr {t}2\nexec\n' | cli >/dev/null
members=$(cli smembers set | sort)
check "two vcores: SAVE" answers OK save
check "two vcores: BGSAVE" answers 'Background saving started' bgsave
for ((tries = 0; tries < 100; tries++)); do [[ $(info persistence rdb_changes_since_last_save) == 0 ]] && break; sleep 0.1; done
check "two vcores: a snapshot is written" test "$(info persistence rdb_changes_since_last_save)" = 0
timeout 60 build/tests/kv/history $port 4 3 >"$scratch/history" 2>&1 &
history=$!
sleep 1.5
cut_power
wait $history || :
# Another number of vcores finds the same keys, and a machine that is killed again the ones that they wrote since.
before=0
for vcores in 2 1 3 2; do
    booted --vcores $vcores --memory 160M --disk "$shared" --durability always
    check "two vcores killed, then $vcores: says what it found" said '^kv: recovered 3[01][0-9] keys'
    check "two vcores killed, then $vcores: all values" test "$(seq -f 'get key:%g' 300 | cli)" = "$(seq -f 'value:%g' 300)"
    check "two vcores killed, then $vcores: what chance left of a set" test "$(cli smembers set | sort)" = "$members"
    check "two vcores killed, then $vcores: expiry" test "$(cli ttl key:1)" -gt 900
    check "two vcores killed, then $vcores: a transaction" answers $'1\n1' mget {t}1 {t}2
    [[ $before == 0 ]] || check "two vcores killed, then $vcores: what $before wrote" answers kept get "at:$before"
    [[ $before != 0 ]] || check "two vcores killed while clients were at work: each key is one thing" \
        sh -c "timeout 60 build/tests/kv/history $port check '$scratch/history' >'$scratch/judged' || { cat '$scratch/judged'; false; }"
    [[ $before == 0 || $before == "$vcores" ]] || check "two vcores killed, then $vcores: says that it shared keys out anew" \
        said "^kv: keys that --vcores $before had written were shared out anew among $vcores"
    check "two vcores killed, then $vcores: a write" answers OK set "at:$vcores" kept
    before=$vcores
    cut_power
done
booted --vcores 2 --disk "$shared" --durability none
cli set last word >/dev/null
stop
check "two vcores: SHUTDOWN: status 0, not $status" test $status = 0
booted --vcores 2 --disk "$shared" --durability batch
check "two vcores: after SHUTDOWN the last word" answers word get last
stop

booted --disk "$scratch/small.img,size=20M" --durability batch
head -c 20000 /dev/urandom | base64 -w 0 >"$scratch/value"
# fill_disk: SETs until one is refused; $last is what that was told, $key how many were taken.
fill_disk() {
    for ((key = 0; key < 600; key++)); do
        last=$(cli -x set "big:$key" <"$scratch/value")
        [[ $last == OK ]] || break
    done
}
fill_disk
check "a full disk: writes are refused after $key keys" test "$last" = 'MISCONF Errors writing to the AOF file: No space left on device'
check "a full disk: reads go on" test "$(cli strlen big:0)" -gt 20000
check "a full disk: INFO says what room there is" test "$(info persistence journal_room)" -lt 8000000
for ((index = 0; index < key; index++)); do echo "del big:$index"; done | cli >/dev/null
check "when keys have gone, writes go on" test "$(cli -x set after <"$scratch/value")" = OK
fill_disk
check "a full disk, again: FLUSHALL is served" answers OK flushall
check "and writes go on" test "$(cli -x set after <"$scratch/value")" = OK
run_exo kv --port $((port + 1)) --timeout 60 --disk "$scratch/small.img"
check "an image that another store has in use: status 1, not $status" test "$status" = 1
check "an image that another store has in use: one sentence" one_sentence
check "an image that another store has in use: says why" says "the disk image is in use by a running machine: $scratch/small.img"
check "and who has it goes on" test "$(cli -x set after <"$scratch/value")" = OK
stop
booted --disk "$scratch/small.img" --durability batch
check "after FLUSHALL of a full disk: the one key since then" said '^kv: recovered 1 keys'
stop
booted --vcores 2 --disk "$scratch/small.img" --durability batch
fill_disk
check "two vcores, a full disk: writes are refused after $key keys" \
    test "$last/$((key > 20))" = 'MISCONF Errors writing to the AOF file: No space left on device/1'
check "two vcores, a full disk: reads go on" test "$(cli strlen big:0)" -gt 20000
check "two vcores, a full disk: FLUSHALL is served" answers OK flushall
check "two vcores, a full disk: and writes go on" test "$(cli -x set after <"$scratch/value")" = OK
cut_power
booted --vcores 1 --disk "$scratch/small.img" --durability batch
check "two vcores, a full disk, killed: the one key since FLUSHALL" said '^kv: recovered [01] keys'
stop

cp "$scratch/small.img" "$scratch/newer.img"
for at in 8 $(($(stat -c %s "$scratch/newer.img") - 4096 + 8)); do # the version in both superblocks
    printf '\377' | dd of="$scratch/newer.img" bs=1 seek=$at conv=notrunc status=none
done

run_exo disk create "$scratch/files.img" --size=32M
sums=$(sha256sum <"$scratch/files.img")
refuses_boot() { # NAME TEXT ARGS...
    run_exo kv --port $port --timeout 60 "${@:3}"
    check "$1: status not 0" test "$status" != 0
    check "$1: says why" says "$2"
}
refuses_boot "a file system's image" 'the disk holds something else' --disk "$scratch/files.img"
check "a file system's image is left as it is" test "$(sha256sum <"$scratch/files.img")" = "$sums"
sums=$(sha256sum <"$scratch/newer.img")
refuses_boot "an image of a newer version" 'was written by a newer version' --disk "$scratch/newer.img"
check "an image of a newer version is left as it is" test "$(sha256sum <"$scratch/newer.img")" = "$sums"
run_exo disk list "$image"
check "exo disk list: says what it is" says 'it holds the keys of exo kv, and no file system'
check "exo disk list: status not 0" test $status != 0
truncate -s 4M "$scratch/tiny.img"
refuses_boot "an image that is too small" 'the disk is too small' --disk "$scratch/tiny.img"
head -c 33554432 /dev/urandom >"$scratch/noise.img"
refuses_boot "noise" 'the disk holds no store' --disk "$scratch/noise.img"
refuses "durability without a disk" 2 '--durability always needs a disk' kv --durability always
refuses "a word that is no durability" 2 'none, batch or always' kv --durability sometimes
refuses "an image that is not there" 1 'does not exist' kv --disk "$scratch/none.img"
finish
