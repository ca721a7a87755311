#!/usr/bin/env bash
# The same files on other disks than one that is owned: KIND extent, blocks of a shared disk; set, three disks of which
# one may be lost; raw, disks as block devices; mixed, several in one machine.
# usage: disks.bash extent|set|raw|mixed, from the repository root
kind=${1:-}
. tests/data/common.bash
a=$scratch/a b=$scratch/b c=$scratch/c d=$scratch/d

# The blocks of the program that came Nth to a shared disk, 96 MiB each behind the catalogue, as an image.
extent_sound() {
    dd if="$a" of="$scratch/part" bs=64K skip=$((1 + $1 * 1536)) count=1536 conv=sparse status=none
    images=("$scratch/part")
    sound
}
extent_records_survive() {
    for lines in 40 700; do
        killed_after $lines --vcores 2 $programs/records /data write 4 && extent_sound 2 && records_are_there || return 1
    done
}

# set_of IMAGE...: the machine has those, and so has `exo disk`.
set_of() {
    images=("$@")
    disks=()
    for image in "$@"; do disks+=(--disk "$image"); done
}
new_set() {
    rm -f "$a" "$b" "$c"
    build/bin/exo disk create "$a" "$b" "$c" --code=2+1 --size=96M && set_of "$a" "$b" "$c"
}
degraded_records_survive() {
    killed_after 250 --vcores 2 $programs/records /data write 4
    grep -qF "disk 2 of 3 is missing; what it held is computed from the others" "$scratch/errors" && sound &&
        records_are_there
}
filled_anew() { # ARGS...: of fsck
    build/bin/exo disk fsck --repair "$@" >"$scratch/fsck" 2>&1 && grep -qx "disks filled anew: 1" "$scratch/fsck" ||
        { cat "$scratch/fsck" && false; }
}
full_set() {
    rm -f "$a" "$b" "$c"
    build/bin/exo disk create "$a" "$b" "$c" --code=2+1 --size=24M && set_of "$a" "$b" "$c" || return 1
    machine $programs/full /data/full fill >"$scratch/filled" || { cat "$scratch/filled" && return 1; }
    set_of "$b" "$c"
    machine $programs/full /data/full check >"$scratch/left" 2>"$scratch/errors" &&
        grep '^left' "$scratch/filled" | diff - "$scratch/left"
}

blocks_survive() { # DEVICE WORDS...
    killed_after 1 $programs/blocks "$1" write 5 && machine $programs/blocks "$1" verify 5 >"$scratch/verified" &&
        cmp "$scratch/said" "$scratch/verified"
}
# One that is a file system is no block device, and stays as it is.
busy() {
    machine /bin/busybox sh -c 'echo kept >/data/kept; read line </dev/exo/extent0 || read line </data/kept; echo $line' \
        >"$scratch/listed" 2>"$scratch/errors"
    grep -q "Device or resource busy\|Resource busy" "$scratch/errors" && [[ $(<"$scratch/listed") == kept ]] ||
        { cat "$scratch/listed" "$scratch/errors" && false; }
}

# The set is not to be had meanwhile, and whole afterwards.
member_apart() {
    set_of "$b" "$c"
    says_lines "" 'true </dev/exo/extent1; echo lost >/data/y && echo written' &&
        build/bin/exo disk list "$b" "$c" >"$scratch/listed" 2>"$scratch/errors" && ! grep -q y "$scratch/listed" &&
        [[ ! -s $scratch/errors ]] || { cat "$scratch/errors" && false; }
}
says_lines() { # EXPECTED PROGRAM-OF-SH: what it prints
    [[ $(machine /bin/busybox sh -c "$2" 2>"$scratch/errors") == "$1" ]] || { cat "$scratch/errors" && false; }
}

case $kind in
extent)
    images=("$a")
    disks=(--disk "$a,size=512M,shared=96M")
    verdict "10,000 operations as on the host" as_on_the_host 4 10000
    verdict "the file system is sound" extent_sound 0
    verdict "four threads on two cores, 4 KiB" machine --vcores 2 $programs/verify /data/one 3000 4096 3000
    verdict "that of another program is sound, too" extent_sound 1
    verdict "records that were acknowledged" extent_records_survive
    disks=(--disk "$d,size=64M,shared=32M")
    verdict "a full extent loses nothing" machine $programs/full /data/full fill
    verdict "and has it at the next boot" machine $programs/full /data/full check
    ;;
set)
    verdict "a set is made" new_set
    verdict "10,000 operations as on the host" as_on_the_host 5 10000
    verdict "the file system is sound" sound
    verdict "four threads on two cores, 4 KiB" quiet --vcores 2 $programs/verify /data/one 3000 4096 3000
    verdict "records that were acknowledged" records_survive 300 --vcores 2
    set_of "$c" "$a"
    verdict "one is lost, and nothing with it" records_are_there
    verdict "what is written without it is kept" degraded_records_survive
    set_of "$a" "$b" "$c"
    verdict "it comes back, and is not believed" says "disk 2 of 3 is out of date" $programs/records /data check
    verdict "it is filled anew" filled_anew "$a" "$b" "$c"
    verdict "the file system is sound with it" sound
    set_of "$b" "$c"
    verdict "another is lost, and nothing with it" records_are_there
    verdict "blocks that were written before" machine $programs/verify /data/two 1000 4096 2000
    set_of "$c"
    verdict "two are lost: refused" refused "more disks of the set are missing than its parity makes up for (1 of 3 are here)"
    rm "$a"
    truncate -s 96M "$d"
    set_of "$d" "$b" "$c"
    verdict "an empty one in its place: refused" refused "it is empty, and a set among the other disks lacks one"
    rm "$d"
    verdict "it is filled anew on a new image" filled_anew --onto="$d" "$b" "$c"
    set_of "$d" "$b"
    verdict "which stands for another" records_are_there
    verdict "a full set loses nothing, and one disk" full_set
    ;;
raw)
    disks=(--disk "$a,size=16M")
    verdict "a disk that is owned" quiet $programs/blocks /dev/exo/extent0 check
    verdict "four threads on two cores" machine --vcores 2 $programs/verify /dev/exo/extent0 2000 4096 2000
    verdict "blocks that were acknowledged" blocks_survive /dev/exo/extent0
    disks=(--disk "$a,ro")
    verdict "one that is read-only" quiet $programs/blocks /dev/exo/extent0 check-read-only
    disks=(--disk "$b,size=16M,logical_block_size=4096,physical_block_size=4096")
    verdict "blocks of 4 KiB" quiet $programs/blocks /dev/exo/extent0 check
    disks=(--disk "$c,size=64M,shared=16M")
    verdict "blocks of a shared disk" quiet $programs/blocks /dev/exo/extent0 check
    verdict "four threads on two cores, on a shared disk" machine --vcores 2 $programs/verify /dev/exo/extent0 2000 512 2000
    verdict "blocks of a shared disk that were acknowledged" blocks_survive /dev/exo/extent0
    disks=(--disk "$d,size=32M")
    verdict "a file system is no block device meanwhile" busy
    ;;
mixed)
    build/bin/exo disk create "$b" "$c" --code=1+1 --size=32M
    set_of "$b" "$c"
    disks=(--disk "$a,size=64M,shared=32M" "${disks[@]}" --disk "$d,size=32M")
    verdict "an extent, a set of two and a disk alone" says_lines "extent set alone" \
        'echo extent >/data/x; echo set >/data1/x; echo alone >/data3/x; read a </data/x; read b </data2/x; read c </data3/x; echo $a $b $c'
    disks=(--disk "$d" --disk "$c" --disk "$a,shared" --disk "$b")
    verdict "in another order" says_lines "alone set extent set" \
        'read a </data/x; read b </data1/x; read c </data2/x; read e </data3/x; echo $a $b $c $e'
    verdict "the set is sound" sound
    verdict "a member that is used as blocks is not left out" member_apart
    disks=(--disk "$d" --disk "$b" --disk "$a,shared")
    verdict "without one of them" says_lines "alone set extent" \
        'read a </data/x; read b </data1/x; read c </data2/x; echo $a $b $c'
    ;;
*)
    echo "disks.bash: '$kind' is none of extent, set, raw and mixed" >&2
    exit 2
    ;;
esac
exit $failed
