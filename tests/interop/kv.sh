#!/bin/busybox sh
# In the Linux guest: Redis' own programs and a client of hiredis towards the store at 10.7.0.1.
. /guest.sh
port=6379
cli() { redis-cli -h $peer -p $port "$@"; }
answers() { [ "$(cli $2)" = "$1" ]; }

check "redis-cli: PING" answers PONG ping
check "redis-cli: a key" answers OK "set key value"
check "redis-cli: and its value" answers value "get key"
check "redis-cli -3: RESP3" sh -c "redis-cli -h $peer -p $port -3 hello | tr '\n' ' ' | grep -q 'proto 3'"
check "redis-cli -c: the cluster's node is where it was asked" test "$(cli -c get key)" = value
seq 2000 | sed 's/.*/SET piped &/' | cli --pipe >/tmp/piped 2>&1
check "redis-cli --pipe: 2,000 replies without an error" grep -q 'errors: 0, replies: 2000' /tmp/piped
redis-benchmark -h $peer -p $port -q -n 1000 >/tmp/bench 2>&1
ended=$?
check "redis-benchmark: all its tests end with 0, not $ended" test $ended = 0
check "redis-benchmark: no error" sh -c "! tr '\r' '\n' </tmp/bench | grep -i -e error -e refused"
check "redis-benchmark: rates" grep -q 'requests per second' /tmp/bench
client $peer $port
cli shutdown nosave
finish
