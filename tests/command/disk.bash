#!/usr/bin/env bash
# `exo disk` as its user meets it: images made, listed, checked and exported; and those that are refused, or repaired.
# usage: disk.bash, from the repository root.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/command/disk"
maker=$PWD/build/tests/command/make_image
image=$scratch/image

# ends NAME STATUS ARGS...: the command ends with that status.
ends() {
    local name=$1 expected=$2
    shift 2
    run_exo "$@"
    check "$name: status $expected, not $status" test "$status" = "$expected"
}
# untouched NAME: the image is still what `keep` saw.
keep() { cp "$image" "$scratch/kept"; }
untouched() { check "$1: the image is untouched" cmp -s "$image" "$scratch/kept"; }
# refused NAME TEXT ARGS...: refused in one sentence, the image untouched.
refused() {
    keep
    refuses "$1" 1 "${@:2}"
    untouched "$1"
}
patch() { printf "$2" | dd of="$image" bs=1 seek="$1" conv=notrunc status=none; }
place_of() { LC_ALL=C grep -abo "$1" "$image" | head -n 1 | cut -d: -f1; }
fresh() { # closed|crashed
    rm -f "$image"
    "$exo" disk create "$image" --size=20M
    "$maker" "$image" "$1"
}

fresh closed
ends "listing" 0 disk list "$image"
check "listing: names" test "$(sed 's/.* \//\//' "$scratch/stdout" | tr '\n' ' ')" = \
    "/first-file /folder /folder/hard /folder/soft -> ../second-file /folder/sparse /second-file "
ends "listing a folder" 0 disk list "$image" folder
check "listing a folder: three lines" test "$(wc -l <"$scratch/stdout")" = 3
ends "checking" 0 disk fsck "$image"
check "checking: counts" grep -q "^2 directories, 3 files, 1 symbolic links, 6 names, 3 pages" "$scratch/stdout"
ends "exporting" 0 disk export "$image" "$scratch/out"
check "exporting: contents" test "$(cat "$scratch/out/folder/soft" "$scratch/out/folder/hard")" = \
    "$(printf 'canary-contents\nthe first contents')"
check "exporting: hard links" test "$scratch/out/first-file" -ef "$scratch/out/folder/hard"
check "exporting: size" test "$(stat -c %s "$scratch/out/folder/sparse")" = 10000011
check "exporting: holes" test "$(stat -c %b "$scratch/out/folder/sparse")" -lt 1000
check "exporting: mode" test "$(stat -c %a "$scratch/out/second-file")" = 640

refused "an image that exists" "exists" disk create "$image" --size=20M
refused "exporting over a folder" "cannot create the folder" disk export "$image" "$scratch/out"
refused "a folder that is not on it" "there is no /nothing on it" disk list "$image" nothing
refuses "a small image" 1 "are too few" disk create "$scratch/small" --size=10M
check "a small image: not made" test ! -e "$scratch/small"
refuses "a size that is none" 2 "is not a size" disk create "$scratch/small" --size=10X
refuses "a missing image" 1 "No such file" disk list "$scratch/missing"
refuses "a folder as image" 1 "Is a directory" disk fsck --repair "$scratch"

coproc "$maker" "$image" held
holder=$COPROC_PID # the shell forgets it when the holder ends
read -r word <&"${COPROC[0]}"
check "in use: the holder has it" test "$word" = held
refused "in use: listing" "is in use" disk list "$image"
refused "in use: repairing" "is in use" disk fsck --repair "$image"
refused "in use: making it anew" "is in use" disk create "$image" --force
echo >&"${COPROC[1]}"
wait "$holder"

patch "$(place_of canary-contents)" 'X'
refused_damage() {
    keep
    ends "a damaged page" 1 disk fsck "$image"
    check "a damaged page: named" grep -q "^damaged: /second-file, 4096 octets at 0" "$scratch/stdout"
    untouched "a damaged page"
    ends "a damaged page: listing goes on" 0 disk list "$image"
    ends "a damaged page: exporting the rest" 1 disk export "$image" "$scratch/rest"
    check "a damaged page: exporting says which" says "rest/second-file: damaged"
    check "a damaged page: the rest" grep -q "the first contents" "$scratch/rest/first-file"
}
refused_damage

fresh crashed
ends "after a crash" 0 disk fsck "$image"
check "after a crash: played back" grep -q "^batches played back from the log: " "$scratch/stdout"
patch "$(place_of second-file)" 'S'
refused "damage in the log" "something that had been written is missing; exo disk fsck --repair" disk list "$image"
ends "damage in the log: repaired" 0 disk fsck --repair "$image"
ends "damage in the log: what was before it" 0 disk list "$image"
check "damage in the log: the first file" grep -q "/first-file" "$scratch/stdout"

fresh closed
patch 100 '\xff'
ends "one superblock damaged" 0 disk list "$image"
patch $((20 * 1048576 - 4096 + 100)) '\xff'
refused "both superblocks damaged" "damaged beyond" disk fsck --repair "$image"
fresh closed
patch 8 '\4' && patch $((20 * 1048576 - 4096 + 8)) '\4'
refused "a newer version" "newer version" disk fsck --repair "$image"
fresh closed
truncate -s 19M "$image"
refused "a shortened image" "smaller than the store" disk list "$image"
head -c 20M /dev/zero >"$image"
refused "an image of something else" "holds no store" disk list "$image"
: >"$image"
refused "an empty image" "holds no store" disk list "$image"

fresh closed
refused "packing what was made without" "was made without --compress" disk pack "$image"
refuses "packing nothing" 2 "exo disk pack needs an image" disk pack
rm "$image"
ends "with compression" 0 disk create "$image" --size=20M --compress
"$maker" "$image" closed
ends "with compression: packing" 0 disk pack "$image"
check "with compression: packing says what it did" grep -q "pages of 4 KiB compressed; 3 in use before, 3 after" "$scratch/stdout"
ends "with compression: checking" 0 disk fsck "$image"
ends "with compression: exporting" 0 disk export "$image" "$scratch/packed"
check "with compression: contents" grep -q canary-contents "$scratch/packed/folder/soft"

finish
