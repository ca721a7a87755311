#!/usr/bin/env bash
# Files on a disk, as programs on libos-hpc have them at /data; images are in memory, since it is machines that are killed here, not
# hosts. KIND: torture, the same random operations here and on the host's file system; verify, blocks that know where
# they are; killed, records and databases of machines that are killed in the middle of it; refusals, images that are not
# mounted; full, disks without room; tree, busybox on 10,000 files.
# usage: run.bash torture|verify|killed|refusals|full|tree, from the repository root
kind=${1:-}
. tests/data/common.bash
image=$scratch/d.img
disks=(--disk "$image,size=256M")
images=("$image")

same_as_the_host() {
    rm -f "$image"
    as_on_the_host "$@"
}
records_of_many_machines_survive() {
    rm -f "$image"
    for lines in 1 300 35 900 122 2000; do
        records_survive $lines --vcores 2 || return 1
    done
}
stores_survive() {
    rm -f "$image"
    for lines in 2 60 31; do
        killed_after $lines $programs/mapped /data/mapped write && sound || return 1
        machine $programs/mapped /data/mapped check >"$scratch/found" && all_there || return 1
    done
}
database_survives() {
    local journal=$1
    rm -f "$image"
    for lines in 1 100 31 177; do
        killed_after $lines $programs/sqlite_crash /data/bank "$journal" write || return 1
        sound || return 1
        machine $programs/sqlite_crash /data/bank "$journal" check >"$scratch/checked" || return 1
        grep -qx "integrity ok" "$scratch/checked" && grep -qx "sum 500000" "$scratch/checked" &&
            grep -qx "gaps 0" "$scratch/checked" || { cat "$scratch/checked" && return 1; }
        awk '$1 == "transfers" { print 0, $2 }' "$scratch/checked" >"$scratch/found"
        all_there || return 1
    done
}

# refuses_image WORDS-IN-THE-SENTENCE IMAGE
refuses_image() {
    disks=(--disk "$2")
    images=("$2")
    refused "$1"
}
in_use_is_refused() {
    coproc build/bin/exo run --timeout 60 --disk "$image" /bin/busybox cat
    local holder=$! refusal
    echo held >&"${COPROC[1]}"
    read -r <&"${COPROC[0]}"
    refuses_image "is in use by a running machine: $image" "$image"
    refusal=$?
    kill "$holder"
    wait "$holder" 2>/dev/null
    return $refusal
}
# Both superblocks of a new image, with the next version in each.
newer_image() {
    build/bin/exo disk create "$1" --size=64M
    for at in 8 $((64 * 1048576 - 4096 + 8)); do
        printf '\4' | dd of="$1" bs=1 seek="$at" conv=notrunc status=none
    done
}

# Fills a disk, and finds what was left in the next boot and on the host.
full_and_still_right() {
    machine $programs/full /data/full fill >"$scratch/filled" || { cat "$scratch/filled" && return 1; }
    sound || return 1
    machine $programs/full /data/full check >"$scratch/left" && grep '^left' "$scratch/filled" | diff - "$scratch/left"
}

# The tree is made on the host and comes in as an archive: 100 folders of 100 files, sizes from none to 20 KiB.
make_tree() {
    mkdir -p "$scratch/host"
    awk -v top="$scratch/host/tree" 'BEGIN {
        for (d = 0; d < 100; d++) {
            system("mkdir -p " top "/d" d)
            for (f = 0; f < 100; f++) {
                file = top "/d" d "/f" f
                lines = f % 10 == 9 ? 200 + d : f % 10
                printf "" >file
                for (l = 0; l < lines; l++) print "file " f " of folder " d ", line " l ", and what else a line may hold, " l * 7919 + f * 104729 + d >file
                close(file)
            } } }'
    tar cf "$scratch/tree.tar" -C "$scratch/host" tree
}
busybox() { machine --file "$scratch/tree.tar=tree.tar" --share "$scratch/share" /bin/busybox "$@"; }
has_all_files() {
    busybox find "$1" -type f >"$scratch/listed" && [[ $(sort -u "$scratch/listed" | wc -l) == 10000 ]]
}
archive_is_the_tree() {
    busybox tar cf /share/back.tar -C /data copy && mkdir "$scratch/back" &&
        tar xf "$scratch/share/back.tar" -C "$scratch/back" && diff -r "$scratch/host/tree" "$scratch/back/copy"
}
only_the_tree_is_left() { [[ $(busybox ls /data) == tree ]]; }

case $kind in
torture)
    for seed in 1 2 3; do
        verdict "seed $seed: 100,000 operations as on the host" same_as_the_host $seed 100000
        verdict "seed $seed: the file system is sound" sound
    done
    ;;
verify)
    verdict "four threads on one core, 4 KiB" machine $programs/verify /data/one 8000 4096 20000
    verdict "four threads on two cores, 4 KiB" machine --vcores 2 $programs/verify /data/two 8000 4096 20000
    verdict "four threads on two cores, 512 octets" machine --vcores 2 $programs/verify /data/small 8000 512 20000
    verdict "the file system is sound" sound
    ;;
killed)
    verdict "records that were acknowledged" records_of_many_machines_survive
    verdict "stores to a mapped file that msync acknowledged" stores_survive
    verdict "SQLite with a write-ahead log" database_survives WAL
    verdict "SQLite with a rollback journal" database_survives DELETE
    ;;
refusals)
    head -c 20M /dev/urandom >"$scratch/noise"
    verdict "an image of something else" refuses_image "holds no store" "$scratch/noise"
    truncate -s 2M "$scratch/small"
    verdict "an image that is too small" refuses_image "too small" "$scratch/small"
    truncate -s 64M "$scratch/late" && printf x | dd of="$scratch/late" bs=1M seek=63 conv=notrunc 2>/dev/null
    verdict "an image with something at its end" refuses_image "holds no store" "$scratch/late"
    newer_image "$scratch/newer"
    verdict "an image of a newer version" refuses_image "written by a newer version" "$scratch/newer"
    disks=(--disk "$image,size=256M")
    verdict "an image is made" machine /bin/busybox mkdir /data/kept
    verdict "an image in use elsewhere" in_use_is_refused
    disks=(--disk "$image,ro")
    machine /bin/busybox ls /data >"$scratch/listed"
    verdict "a read-only image is read" grep -qx kept "$scratch/listed"
    machine /bin/busybox mkdir /data/more 2>"$scratch/errors"
    verdict "a read-only image is not changed" grep -q "Read-only file system" "$scratch/errors"
    ;;
full)
    disks=(--disk "$image,size=32M")
    verdict "a full disk loses nothing, and takes as much again" full_and_still_right
    ;;
tree)
    make_tree
    mkdir "$scratch/share"
    verdict "tar: 10,000 files unpacked" busybox tar xf /tree.tar -C /data
    verdict "cp -r" busybox cp -r /data/tree /data/copy
    verdict "diff -r: nothing differs" busybox diff -r /data/tree /data/copy
    verdict "find: all files are there" has_all_files /data/copy
    verdict "tar: packed again, it is what came in" archive_is_the_tree
    verdict "rm -r" busybox rm -r /data/copy
    verdict "rm -r: nothing else is gone" only_the_tree_is_left
    verdict "find: the others are still there" has_all_files /data/tree
    verdict "the file system is sound" sound
    ;;
*)
    echo "run.bash: '$kind' is none of torture, verify, killed, refusals, full and tree" >&2
    exit 2
    ;;
esac
exit $failed
