#!/usr/bin/env bash
# Makes the documents of the web bench: each has as many octets as its name says, and begins with its name.
# usage: documents.bash FOLDER SIZE...
set -euo pipefail
folder=$1
shift
mkdir -p "$folder"
for size; do
    name=$(printf 'key:%012d' "$size")
    text=$(printf '%0*d' "$((size - ${#name}))" 0)
    printf '%s%s' "$name" "$text" >"$folder/$name"
done
