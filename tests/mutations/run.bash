#!/usr/bin/env bash
# Takes one check at a time out of the kernel and demands that a named test case notices: run.bash [NAME...]
# Each *.mutation says what it removes, where, and who must fail (README.md). The case must pass on the kernel as it is;
# of a mutated one only the changed source is compiled again, and linked before the archives that hold the original.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=build/mutations
unit_limit_s=120
machine_limit_s=30 # of a mutated one; the unmutated cases run together and have four times as long

fail_hard() {
    printf 'FAILED %s: %s\n' "$1" "$2"
    exit 1
}

# Reads one mutation: title, source, binary, case_name, and the edits old[] and new[].
read_mutation() {
    local line part='' index=-1
    title='' source='' binary='' case_name='' old=() new=()
    while IFS= read -r line || [[ -n $line ]]; do
        case $line in
        '<<<<') part=old index=$((index + 1)) old[index]='' new[index]='' ;;
        '====') part=new ;;
        '>>>>') part='' ;;
        *)
            case $part in
            old) old[index]+=$line$'\n' ;;
            new) new[index]+=$line$'\n' ;;
            *)
                case $line in
                'removes '*) title=${line#removes } ;;
                'source '*) source=${line#source } ;;
                'binary '*) binary=${line#binary } ;;
                'case '*) case_name=${line#case } ;;
                '') ;;
                *) fail_hard "$1" "a line is not understood: $line" ;;
                esac
                ;;
            esac
            ;;
        esac
    done <"tests/mutations/$1.mutation"
    [[ $title && $source && $binary && $case_name && ${#old[@]} -gt 0 ]] || fail_hard "$1" "something is missing"
}

# The mutated source; every old text must occur exactly once.
write_mutated() {
    local text index rest
    text=$(<"$source")$'\n'
    for index in "${!old[@]}"; do
        rest=${text#*"${old[index]}"}
        [[ $rest != "$text" ]] || fail_hard "$1" "the text to change is no longer in $source"
        [[ ${rest#*"${old[index]}"} == "$rest" ]] || fail_hard "$1" "the text to change is in $source more than once"
        text=${text/"${old[index]}"/"${new[index]}"}
    done
    printf '%s' "$text" >"$2"
}

is_unit() { [[ $binary == build/tests/unit/* ]]; }

# Compiles as ninja would, and links the product of ninja with this object instead of its own.
build_mutated() {
    local product compile object link mutated=$work/$1.${source##*.}
    product=$binary
    is_unit || product=build/exokernel/kernel-plain.elf
    write_mutated "$1" "$mutated"
    # A unit test may also need tools that are made of the source; its own objects are those under sanitizers, if any.
    compile=$(ninja -t commands "$product" | grep -F -e " -c $source -o " || true)
    if is_unit && [[ $compile == *$'\n'* ]]; then
        compile=$(grep -F -e ' -fsanitize=address' <<<"$compile" || true)
    fi
    [[ $compile && $compile != *$'\n'* ]] || fail_hard "$1" "$source is not compiled once for $product"
    object=${compile##* -o }
    compile=${compile% -MMD -MF *}
    bash -c "$compile -w -c $mutated -o $work/$1.o" || fail_hard "$1" "the mutated source does not compile"
    link=$(ninja -t commands "$product" | tail -n 1)
    if [[ $link == *" $object "* ]]; then
        link=${link/" $object "/" $work/$1.o "}
    else
        link=${link/"-o $product "/"-o $product $work/$1.o "}
    fi
    bash -c "${link/"-o $product "/"-o $work/$1.image "}" || fail_hard "$1" "the mutated object does not link"
}

# doctest splits its filters at commas.
filter() { printf '%s' "${1//,/?}"; }

# Runs cases of a binary on an image; the output goes to a file. usage: run_cases IMAGE FILTER OUTPUT MACHINE-LIMIT
run_cases() {
    if is_unit; then
        timeout "$unit_limit_s" stdbuf -oL "$1" --test-case="$2" >"$3" 2>&1
        return
    fi
    local suite=${binary%/*} # its folder below tests/ has the machine
    timeout -k 5 $(($4 + 30)) "${suite#build/}/run.bash" 2 --verbose --timeout "$4" --kernel "$1" "$binary" \
        --test-case="$2" >"$3" 2>&1
}

# Whether a run that ended with this status shows that the case noticed: a failed case, a sanitizer's report, the end of
# the machine or of the program in the middle of it, or one that does not end. A run that never began shows nothing.
noticed() {
    [[ $1 != 0 ]] || return 1
    grep -qE '^\[doctest\] doctest version|^exokernel: [0-9]+ cores' "$2" || return 1
    grep -qE '\| +[1-9][0-9]* failed|runtime error:|ERROR: AddressSanitizer' "$2" ||
        [[ $1 == 124 || $1 == 125 || $1 -ge 128 ]]
}

names=("$@")
if ((${#names[@]} == 0)); then
    for file in tests/mutations/*.mutation; do
        file=${file##*/}
        names+=("${file%.mutation}")
    done
fi
mkdir -p "$work"

# The cases as they are, each binary once: all of them must pass, or a failure later would prove nothing.
declare -A cases=() counted=()
for name in "${names[@]}"; do
    read_mutation "$name"
    if [[ ! ${counted[$binary/$case_name]:-} ]]; then
        counted[$binary/$case_name]=1
        cases[$binary]+=${cases[$binary]:+,}$(filter "$case_name")
    fi
done
for binary in "${!cases[@]}"; do
    image=$binary
    is_unit || image=build/exokernel/kernel.elf
    wanted=$(tr -cd , <<<"${cases[$binary]}" | wc -c)
    wanted=$((wanted + 1))
    output=$work/unmutated.${binary##*/}.log
    run_cases "$image" "${cases[$binary]}" "$output" $((4 * machine_limit_s)) || true
    if ! grep -qE "^\[doctest\] test cases: +$wanted \| +$wanted passed \| +0 failed" "$output"; then
        cat "$output"
        fail_hard unmutated "not all $wanted cases of $binary pass as it is"
    fi
done
echo "ok unmutated"

# One mutation after the other; status 1 when one was not noticed.
try_all() {
    local name ran status=0
    for name in "$@"; do
        read_mutation "$name"
        build_mutated "$name"
        ran=0
        run_cases "$work/$name.image" "$(filter "$case_name")" "$work/$name.log" "$machine_limit_s" || ran=$?
        if noticed "$ran" "$work/$name.log"; then
            printf 'ok %s\n' "$name"
        else
            printf 'FAILED %s: without %s, "%s" of %s still ends with %d\n' "$name" "$title" "$case_name" \
                "${binary##*/}" "$ran"
            status=1
        fi
    done
    return $status
}

# Those that need no machine go beside those that do.
units=() machines=()
for name in "${names[@]}"; do
    read_mutation "$name"
    if is_unit; then units+=("$name"); else machines+=("$name"); fi
done
try_all "${units[@]}" &
status=0
try_all "${machines[@]}" || status=1
wait $! || status=1
exit "$status"
