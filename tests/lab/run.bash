#!/usr/bin/env bash
# Runs a test program in a machine with spare frames and the rights that its children need.
# usage: run.bash VCORES PROGRAM [ARGUMENTS...]
set -euo pipefail
vcores=$1
shift
exec build/bin/exo run --vcores "$vcores" --memory 256M --timeout 900 --manifest "spare 67108864" \
    --manifest "machine log power create" "$@"
