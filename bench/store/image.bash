#!/usr/bin/env bash
# Makes the image of a run: whole in the host's file, written once and then used again, so that the host has nothing to
# allocate meanwhile; with an empty file system on it.
# raw: whatever it holds; blank: zeroes, as if it was just made.
# usage: image.bash raw|blank|ours|ext4|xfs IMAGE
set -euo pipefail
kind=$1 image=$2
mib=512
if [[ ! -f $image || $(stat -c %s "$image") != $((mib << 20)) ]]; then
    mkdir -p "$(dirname "$image")"
    dd if=/dev/zero of="$image" bs=1M count=$mib conv=fsync status=none
elif [[ $kind == blank ]]; then
    dd if=/dev/zero of="$image" bs=1M count=$mib conv=notrunc,fsync status=none
fi
case $kind in
raw | blank) ;;
ours) build/bin/exo disk create "$image" --force ;;
ext4) mkfs.ext4 -q -F -E nodiscard "$image" ;;
xfs) mkfs.xfs -q -f -K "$image" ;;
*)
    echo "image.bash: '$kind' is none of raw, blank, ours, ext4 and xfs" >&2
    exit 2
    ;;
esac
