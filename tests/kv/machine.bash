#!/usr/bin/env bash
# The store as its users meet it: `exo kv` booted, driven from the host by redis-cli, redis-benchmark and a client of hiredis,
# ended by SHUTDOWN and by Ctrl-C. A line a check.
# usage: machine.bash, from the repository root
set -euo pipefail
. tests/kv/store.bash
begin_store "$PWD/build/tests/kv/machine"

boot --memory 256M --maxmemory 160M
check "it says where it serves" grep -q "^kv: serving at 127.0.0.1:$port, [0-9]* us" "$scratch/said"
check "nothing on stdout" test ! -s "$scratch/out"
check "redis-cli: PING" answers PONG ping
check "redis-cli: a key" answers OK set key value
check "redis-cli: and its value" answers value get key
check "redis-cli: maxmemory as it was asked for" answers $'maxmemory\n167772160' config get maxmemory
check "redis-cli: an unknown command" answers "ERR unknown command 'frob', with args beginning with: 'x' " frob x
head -c 3000000 /dev/urandom | base64 -w 0 >"$scratch/large"
check "redis-cli: a value of 4 MB" test "$(cli -x set large <"$scratch/large")" = OK
cli get large | head -c -1 >"$scratch/got"
check "redis-cli: and it comes back" cmp "$scratch/large" "$scratch/got"
check "redis-cli: 1,000 commands from a file" test "$(seq -f 'incrby sum %g' 1000 | cli | tail -1)" = 500500
printf 'SET piped %d\r\n' {1..2000} | timeout 60 redis-cli -p $port --pipe >"$scratch/piped"
check "redis-cli --pipe: 2,000 replies without an error" grep -q 'errors: 0, replies: 2000' "$scratch/piped"

# Every test of redis-benchmark's own list whose commands are there.
known() { [[ $(cli command info "$1" | head -1) == "$1" ]]; }
tests=
for test in ping_inline:ping ping_mbulk:ping set:set get:get incr:incr lpush:lpush rpush:rpush lpop:lpop rpop:rpop sadd:sadd \
    hset:hset spop:spop zadd:zadd zpopmin:zpopmin lrange:lrange mset:mset; do
    known "${test#*:}" && tests+=${tests:+,}${test%:*}
done
# bench NAME ARGS...: ends by itself, and names no error.
bench() {
    local ended=0
    timeout 150 redis-benchmark -p $port -q "${@:2}" >"$scratch/bench" 2>&1 || ended=$?
    check "redis-benchmark, $1: ends with 0, not $ended" test "$ended" = 0
    check "redis-benchmark, $1: no error" test -z "$(tr '\r' '\n' <"$scratch/bench" | grep -i -e error -e refused)"
    check "redis-benchmark, $1: rates" grep -q 'requests per second' "$scratch/bench"
}
bench "50 clients: $tests" -t "$tests" -n 1000
bench "pipelines of 32" -t set,get -n 20000 -P 32 -r 10000
bench "values that fill every packet" -t set,get -n 500 -d 60000 -P 4
bench "300 clients" -t set,get -n 3000 -c 300
check "redis-benchmark --cluster finds the one node, which is too few for it" \
    test "$(timeout 60 redis-benchmark -p $port --cluster -t get -n 100 2>&1)" = 'Invalid cluster: 1 node(s).'
check "redis-cli -c: a key where its slot is" test "$(cli -c get key)" = value
check "redis-cli: the cluster's address is the one that leads here" test "$(cli cluster slots | sed -n 3,4p)" = $'127.0.0.1\n'$port

timeout 60 redis-cli -p $port subscribe news >"$scratch/news" &
listener=$!
for ((tries = 0; tries < 100; tries++)); do [[ $(cli pubsub numsub news) == $'news\n1' ]] && break; sleep 0.1; done
check "redis-cli: a message for one" answers 1 publish news hello
sleep 0.5
kill $listener
wait $listener || :
check "redis-cli: and it came" grep -qx hello "$scratch/news"

timeout 200 build/tests/kv/client $port >"$scratch/client" || echo "FAILED the client of hiredis ended with $?" >>"$scratch/client"
lines_of "$scratch/client"

# What readers get of values that are changed meanwhile, and that the NIC read it where it lay.
overwrite() {
    cli flushall >/dev/null
    before=$(info memory used_memory) in_place=$(info stats total_net_output_in_place_bytes)
    timeout 200 build/tests/kv/overwrite $port 15 >"$scratch/overwrite" || echo "FAILED the readers ended with $?" >>"$scratch/overwrite"
    sed "s/^\(ok\|FAILED\) /&$1/" "$scratch/overwrite"
    failures=$((failures + $(grep -c '^FAILED ' "$scratch/overwrite" || :)))
    octets=$(sed -n 's/^octets //p' "$scratch/overwrite")
    cli flushall >/dev/null
    sleep 1 # the NIC gives back what it has sent
    check "${1}what is gone and was sent takes no memory" test "$(info memory used_memory)" -lt $((before + 500000))
}
overwrite "large values: "
in_place=$(($(info stats total_net_output_in_place_bytes) - in_place))
check "large values: the NIC read $in_place octets where they lay, $octets came" test "$in_place" -gt $((octets / 10 * 9)) -a "$octets" -gt 50000000

check "SHUTDOWN closes the connection" answers '' shutdown nosave
ended
check "SHUTDOWN: status 0, not $status" test $status = 0
check "and nothing more was said" test "$(wc -l <"$scratch/said")" = 1

metrics_port=$((port + 1)) metrics=http://127.0.0.1:$((port + 1))
boot --memory 64M --requirepass "two words" --metrics-port $metrics_port
check "a password: without it nothing" answers 'NOAUTH Authentication required.' get key
check "a password: a wrong one" answers 'WRONGPASS invalid username-password pair or user is disabled.' auth words
ask() { curl --silent --max-time 20 "$@"; }
ask --dump-header "$scratch/head" --output "$scratch/page" $metrics/metrics
check "metrics: OpenMetrics' type" grep -q $'^Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r$' "$scratch/head"
check "metrics: the end is the end" test "$(tail -1 "$scratch/page")" = '# EOF'
check "metrics: what clients did" grep -qx 'redis_commands_rejected_calls_total{cmd="get"} 1' "$scratch/page"
check "metrics: who is there" grep -qx 'redis_connected_clients 0' "$scratch/page"
check "metrics: HEAD has no page" test -z "$(ask --head $metrics/metrics | sed '1,/^\r$/d')"
for wanted in "404 $metrics/" "405 --data x $metrics/metrics" "400 --header Host: $metrics/metrics"; do
    # shellcheck disable=SC2086 # words
    code=$(ask --output "$scratch/got" --write-out '%{http_code}' ${wanted#* })
    check "metrics: ${wanted%% *}, not $code" test "$code" = "${wanted%% *}"
done
# Eight who say nothing do not keep the ninth from its page.
for ((peer = 0; peer < 8; peer++)); do exec {fd}<>/dev/tcp/127.0.0.1/$metrics_port; done
ask --output "$scratch/page" $metrics/metrics
check "metrics: silent peers are in nobody's way" test "$(tail -1 "$scratch/page")" = '# EOF'
check "a password: the right one" test "$(cli --no-auth-warning -a 'two words' ping)" = PONG
kill -INT $machine
ended
check "Ctrl-C: status 0, not $status" test $status = 0

# Two vcores, each with its part of the keys; the same programs find the same store.
boot --memory 256M --vcores 2 --metrics-port $metrics_port
check "two vcores: it says where it serves" grep -q "^kv: serving at 127.0.0.1:$port, [0-9]* us" "$scratch/said"
check "two vcores: keys of both" test "$(seq 100 | sed 's/.*/set key:& &/' | cli | sort | uniq -c | tr -s ' ')" = ' 100 OK'
check "two vcores: and their values, in order" test "$(seq -f 'get key:%g' 100 | cli | cksum)" = "$(seq 100 | cksum)"
check "two vcores: many at once" test "$(cli mget key:{1..100} | cksum)" = "$(seq 100 | cksum)"
check "two vcores: counted once each" answers 100 dbsize
cli get key:none >/dev/null
cli config resetstat >/dev/null
printf 'get key:%d\r\n' {1..100} | timeout 60 redis-cli -p $port --pipe >"$scratch/piped"
cli get key:none >/dev/null
cli info everything | tr -d '\r' >"$scratch/info"
ask --output "$scratch/page" $metrics/metrics
metric() { sed -n "s/^$1 //p" "$scratch/page"; }
told() { sed -n "s/^$1://p" "$scratch/info"; }
for pair in redis_keyspace_hits_total:keyspace_hits redis_keyspace_misses_total:keyspace_misses \
    redis_connections_received_total:total_connections_received redis_memory_max_bytes:maxmemory \
    redis_total_system_memory_bytes:total_system_memory; do
    check "two vcores: metrics: $pair" test "$(metric "${pair%:*}")" = "$(told "${pair#*:}")"
done
check "two vcores: metrics: 100 hits and a miss" test "$(metric redis_keyspace_hits_total)/$(metric redis_keyspace_misses_total)" = 100/1
check "two vcores: metrics: keys of both" test "$(metric 'redis_db_keys{db="db0"}')" = 100
check "two vcores: metrics: gets of both" test "cmdstat_get:calls=$(metric 'redis_commands_total{cmd="get"}')" = "$(grep -o '^cmdstat_get:calls=[0-9]*' "$scratch/info")"
check "two vcores: metrics: the end is the end" test "$(tail -1 "$scratch/page")" = '# EOF'
check "two vcores: metrics: HEAD has no page" test -z "$(ask --head $metrics/metrics | sed '1,/^\r$/d')"
check "two vcores: what neither can do alone" answers "CROSSSLOT Keys in request don't hash to the same slot" \
    sunionstore key:1 key:2 key:3 key:4
check "two vcores: a transaction of keys with one tag" test "$(printf 'multi\nincr {a}1\nincr {a}2\nexec\n' | cli | tr '\n' ' ')" = 'OK QUEUED QUEUED 1 1 '
check "two vcores: a value of 4 MB" test "$(cli -x set large <"$scratch/large")" = OK
cli get large | head -c -1 >"$scratch/got"
check "two vcores: and it comes back" cmp "$scratch/large" "$scratch/got"
printf 'SET piped%d %d\r\n' {1..4000} | timeout 60 redis-cli -p $port --pipe >"$scratch/piped"
check "two vcores: --pipe, 2,000 replies without an error" grep -q 'errors: 0, replies: 2000' "$scratch/piped"
sleep 1 # the other vcore is asleep now
for key in 1 2 3 4; do check "two vcores: woken for key:$key" answers $key get key:$key; done
bench "two vcores, 50 clients: $tests" -t "$tests" -n 1000 -r 100
bench "two vcores, pipelines of 32" -t set,get -n 20000 -P 32 -r 10000
bench "two vcores, 300 clients" -t set,get -n 3000 -c 300 -r 10000
timeout 200 build/tests/kv/client $port >"$scratch/client" || echo "FAILED the client of hiredis ended with $?" >>"$scratch/client"
sed 's/^\(ok\|FAILED\) /&two vcores: /' "$scratch/client"
failures=$((failures + $(grep -c '^FAILED ' "$scratch/client" || :)))
overwrite "two vcores: large values: "
check "two vcores: SHUTDOWN closes the connection" answers '' shutdown nosave
ended
check "two vcores: SHUTDOWN: status 0, not $status" test $status = 0
check "two vcores: and nothing more was said" test "$(wc -l <"$scratch/said")" = 1

boot --memory 128M --disk "$scratch/traced,size=64M" --durability always --trace "$scratch/trace.json"
check "a trace: a key" answers OK set key value
sleep 1 # it sleeps, too
check "a trace: SHUTDOWN" answers '' shutdown
ended
check "a trace: status 0, not $status" test $status = 0
check "a trace: keeps the rules of the format" tests/command/trace_rules.pl "$scratch/trace.json"
for name in accepted requests commit durable sleep gone; do
    check "a trace: $name" grep -q "\"name\":\"$name\"" "$scratch/trace.json"
done
status=0
"$exo" kv --port $port --trace "$scratch/nowhere/trace.json" 2>"$scratch/said" || status=$?
check "a trace into a folder that is not there: status 1, not $status, and one sentence" \
    test "$status/$(wc -l <"$scratch/said")" = 1/1

check "nothing is left behind" nothing_left
finish
