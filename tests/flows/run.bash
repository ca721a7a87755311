#!/usr/bin/env bash
# Runs a test program in a machine with two NICs on one wire, spare frames, and the rights that its children need.
# usage: run.bash VCORES PROGRAM [ARGUMENTS...]
set -euo pipefail
vcores=$1
shift
exec build/bin/exo run --vcores "$vcores" --memory 256M --timeout 300 --manifest "spare 67108864" \
    --manifest "machine log power create" --net hub:flows --ip 10.0.0.1/24 --net hub:flows --ip 10.0.0.2/24 "$@"
