#!/usr/bin/env bash
# The store on a wire with a Linux guest, whose redis-cli, redis-benchmark and client of hiredis ask it.
# usage: kv.bash, from the repository root
. tests/interop/lab.bash
begin kv
tool /usr/bin/redis-cli
tool /usr/bin/redis-benchmark
tool build/tests/kv/client
build/bin/exo kv --memory 256M --net "hub:$hub" --ip 10.7.0.1/24 --timeout 550 >"$scratch/machine.out" 2>"$scratch/machine.err" </dev/null &
machines+=($!)
say "the store serves" wait_for "kv: serving at 10.7.0.1:6379" "$scratch/machine.err"
start_guest kv
end_guest
say "the store ended at SHUTDOWN, with status 0" machine_ends 0
finish
