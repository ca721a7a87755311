#!/usr/bin/env bash
# Runs one fuzz target for a short time on the kept seeds: short-run.bash build/tests/fuzz/NAME [SECONDS]
# New inputs go to build/fuzz-corpus, a crashing one to build/test-logs; the kept seeds are never written to.
set -euo pipefail
target=$1
name=${target##*/}
corpus=build/fuzz-corpus/$name
seeds=tests/fuzz/seeds/${name//_/-}
mkdir -p "$corpus" build/test-logs
# Without seeds of its own a target starts from nothing.
[[ -d $seeds ]] || seeds=
exec "$target" -max_total_time="${2:-15}" -runs=200000 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="build/test-logs/$name." "$corpus" ${seeds:+"$seeds"}
