#!/usr/bin/env bash
# Makes an image that keeps so many keys, of 16 octets with values of 64, as a store leaves it that was told to SET each of them once
# and then to end; an image that has them already stays. RECOVERY_KEYS in the environment is the number, if it is there.
# ours: libos-kv's disk. redis: ext4 with the append-only file as it was written; rewritten: after a BGREWRITEAOF.
# usage: keys.bash ours|redis|rewritten IMAGE KEYS
set -euo pipefail
. tests/command/port.bash
kind=$1 image=$2 keys=${RECOVERY_KEYS:-$3}
[[ $keys =~ ^[1-9][0-9]{0,7}$ ]] || {
    echo "keys.bash: RECOVERY_KEYS is a number of keys below 100,000,000, not '$keys'" >&2
    exit 2
}
[[ ! -f $image || ! -f $image.keys || $(<"$image.keys") != "$keys" ]] || exit 0
rm -f "$image" "$image.keys"
mkdir -p "$(dirname "$image")"
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill $server 2>/dev/null || :; rm -rf "$folder"' EXIT

# fill CLIENT...: every key once; the values are as those of bench/load/text.hpp.
fill() {
    seq -f %012.0f 0 $((keys - 1)) | sed 's/.*/SET key:& key:&key:&key:&key:&/' | "$@" --pipe >"$folder/filled"
    grep -q "errors: 0, replies: $keys\$" "$folder/filled" && [[ $("$@" dbsize) == "$keys" ]] || {
        cat "$folder/filled" "$folder/log" >&2
        exit 1
    }
}
# await TEXT: in what the server says.
await() {
    for ((tries = 0; tries < 600; tries++)); do
        ! grep -q "$1" "$folder/log" || return 0
        sleep 0.1
    done
    cat "$folder/log" >&2
    exit 1
}

case $kind in
ours)
    port=$(free_ports 1)
    build/bin/exo kv --port $port --memory 4G --disk "$image,size=$((256 + keys / 2000))M" --durability none \
        2>"$folder/log" >&2 </dev/null &
    server=$!
    await 'kv: serving'
    fill redis-cli -p $port
    redis-cli -p $port shutdown >"$folder/replies"
    ;;
redis | rewritten)
    mkdir "$folder/data"
    redis-server --port 0 --unixsocket "$folder/socket" --dir "$folder/data" --save '' --appendonly yes \
        --auto-aof-rewrite-percentage 0 >"$folder/log" &
    server=$!
    await 'ready to accept'
    fill redis-cli -s "$folder/socket"
    if [[ $kind == rewritten ]]; then
        redis-cli -s "$folder/socket" bgrewriteaof >"$folder/replies"
        await 'AOF rewrite finished successfully'
    fi
    redis-cli -s "$folder/socket" shutdown >"$folder/replies"
    ;;
*)
    echo "keys.bash: '$kind' is none of ours, redis and rewritten" >&2
    exit 2
    ;;
esac
wait $server
server=
[[ $kind == ours ]] || mkfs.ext4 -q -F -d "$folder/data" "$image" $((64 + keys / 4000))M
echo "$keys" >"$image.keys"
