#!/usr/bin/env bash
# The store and redis-server side by side on the host, the same random commands to both.
# Usage: differential.bash SECONDS [SEED [FAMILY [SHARDS [BUILD]]]]; the family `waiting` is that of several clients, `all` are
# those that need nothing of their own. SHARDS: on how many threads the store has its keys. BUILD: `san`, whose addresses
# and arithmetic are watched, or `threads`, whose threads are.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/command/port.bash
seconds=${1:?usage: differential.bash SECONDS [SEED [FAMILY [SHARDS [BUILD]]]]}
shift
[[ ${2:-} != all ]] || set -- "$1" "" "${@:3}"
folder=$(mktemp -d)
port=$(free_ports 3)
reference_port=$((port + 1))
pids=()
cleanup() {
    kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
command -v redis-server >/dev/null || {
    echo "FAILED: there is no redis-server to compare with"
    exit 1
}
# Of a cluster the reference is a node that has every slot. Often enough at its clock: it looks there for the end of waits.
cluster=no
[[ ${2:-} != cluster ]] || cluster=yes
redis-server --hz 100 --port "$reference_port" --bind 127.0.0.1 --save '' --rdbcompression no --dir "$folder" \
    --cluster-enabled $cluster --cluster-port $((port + 2)) >"$folder/reference.log" &
pids+=($!)
"build/tests/kv/host-server-${4:-san}" "$port" ${3:+"$3"} 2>"$folder/store.log" &
pids+=($!)
for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$reference_port") 2>/dev/null && break
    sleep 0.1
done
if [[ $cluster == yes ]]; then
    redis-cli -p "$reference_port" cluster addslotsrange 0 16383 >"$folder/slots"
    for _ in $(seq 100); do
        redis-cli -p "$reference_port" cluster info | grep -q cluster_state:ok && break
        sleep 0.1
    done
fi
status=0
program=differential
if [[ ${2:-} == waiting ]]; then
    program=waiting
    set -- "$1" ${3:+"$3"}
fi
"build/tests/kv/$program" tests/kv/commands.txt "$port" "$reference_port" "$seconds" "${@:1:3}" || status=$?
if grep -q 'ERROR: \|WARNING: \|runtime error' "$folder/store.log"; then
    cat "$folder/store.log"
    status=1
fi
exit "$status"
