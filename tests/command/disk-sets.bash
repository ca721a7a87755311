#!/usr/bin/env bash
# `exo disk` on sets of images: made, listed with one of them lost, mended, filled anew, and those that are refused.
# usage: disk-sets.bash, from the repository root.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/command/disk-sets"
maker=$PWD/build/tests/command/make_image
a=$scratch/a b=$scratch/b c=$scratch/c d=$scratch/d

# ends NAME STATUS ARGS...: the command ends with that status.
ends() {
    local name=$1 expected=$2
    shift 2
    run_exo "$@"
    check "$name: status $expected, not $status" test "$status" = "$expected"
}
names='/first-file /folder /folder/hard /folder/soft -> ../second-file /folder/sparse /second-file '
listed() { check "$1: names" test "$(sed 's/.* \//\//' "$scratch/stdout" | tr '\n' ' ')" = "$names"; }
sums() { sha256sum "$@"; }
# refused NAME TEXT ARGS...: in one sentence, all images untouched.
refused() {
    local before
    before=$(sums "$scratch"/[a-f])
    refuses "$1" 1 "${@:2}"
    check "$1: nothing written" test "$before" = "$(sums "$scratch"/[a-f])"
}
flip() { # IMAGE PLACE: another octet there
    local octet
    octet=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf "\\x$(printf %x $((octet ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

refuses "too few for the code" 2 "has 3 disks, not 2" disk create "$a" "$b" --code=2+1 --size=12M
refuses "no code" 2 "needs --code=K+M" disk create "$a" "$b" --size=12M
refuses "a code that is none" 2 "is not a code" disk create "$a" "$b" --code=2+9 --size=12M
refuses "small images" 1 "are too few" disk create "$a" "$b" "$c" --code=2+1 --size=1M
check "refused: nothing made" test ! -e "$a" -a ! -e "$b" -a ! -e "$c"

ends "creating" 0 disk create "$a" "$b" "$c" --code=2+1 --size=12M
"$maker" "$b" "$c" "$a" closed
ends "listing in another order" 0 disk list "$c" "$a" "$b"
listed "listing in another order"
check "listing: nothing to complain of" test ! -s "$scratch/stderr"
ends "listing a folder of a set" 0 disk list "$c" "$a" "$b" folder
check "listing a folder of a set: three lines" test "$(wc -l <"$scratch/stdout")" = 3
for lost in "$a" "$b" "$c"; do
    rest=()
    for image in "$a" "$b" "$c"; do [[ $image == "$lost" ]] || rest+=("$image"); done
    ends "without one" 0 disk list "${rest[@]}"
    listed "without one"
    check "without one: says so" says "of 3 is missing"
    ends "exporting without one" 0 disk export "${rest[@]}" "$scratch/out"
    check "exporting without one: contents" test "$(cat "$scratch/out/folder/soft" "$scratch/out/folder/hard")" = \
        "$(printf 'canary-contents\nthe first contents')"
    rm -r "$scratch/out"
done
refused "one alone" "more disks of the set are missing than its parity makes up for (1 of 3 are here, 2 are needed)" \
    disk list "$b"
refused "one twice" "two of the disks say that they are the same member" disk list "$a" "$a"

# Bits that turn: everywhere that something is on one image.
for place in $(LC_ALL=C grep -abo 'canary-contents\|the first contents' "$b" | cut -d: -f1); do flip "$b" "$place"; done
for place in 20 4100 65600 66000 70000 74000; do flip "$b" "$place"; done
ends "fsck of damage" 1 disk fsck "$a" "$b" "$c"
check "fsck of damage: says what to do" says "exo disk fsck --repair mends it"
ends "repairing" 0 disk fsck --repair "$a" "$b" "$c"
ends "fsck after that" 0 disk fsck "$a" "$b" "$c"
ends "another may be lost after that" 0 disk list "$b" "$c"
listed "another may be lost after that"

# One lost for good.
rm "$a"
ends "filling a new one" 0 disk fsck --repair --onto="$d" "$b" "$c"
check "filling a new one: says so" grep -q '^disks filled anew: 1$' "$scratch/stdout"
ends "fsck of the new one" 0 disk fsck "$c" "$d" "$b"
check "fsck of the new one: nothing missing" test ! -s "$scratch/stderr"
ends "the new one for another" 0 disk list "$d" "$c"
listed "the new one for another"
refuses "--onto without --repair" 2 "is for exo disk fsck --repair" disk fsck --onto="$scratch/x" "$b" "$c"

# Mixed up.
ends "another set" 0 disk create "$scratch/e" "$scratch/f" --code=1+1 --size=24M
refused "disks of two sets" "does not belong to the set" disk list "$scratch/e" "$d" "$b"
truncate -s 12M "$a"
refused "an empty disk among them" "does not belong to the set" disk fsck "$a" "$b" "$c"
finish
