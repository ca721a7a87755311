# What the scripts of this folder share: one line a check, and the sentence that a refusal must be. Sourced, not run.

failures=0

# check NAME CONDITION...: prints "ok NAME" or "FAILED NAME".
check() {
    local name=$1
    shift
    if "$@"; then
        printf 'ok %s\n' "$name"
    else
        printf 'FAILED %s\n' "$name"
        failures=$((failures + 1))
    fi
}

# run_exo ARGS...: leaves the status in $status, the output in $scratch/stdout and $scratch/stderr.
# Temporary folders of the command go where nothing else is, so that what it leaves behind is seen.
run_exo() {
    status=0
    TMPDIR=$scratch/temporary timeout 120 "$exo" "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?
}

one_sentence() { [[ $(wc -l <"$scratch/stderr") == 1 && $(<"$scratch/stderr") == "exo: "?* ]]; }
says() { grep -qF -- "$1" "$scratch/stderr" || { cat "$scratch/stderr"; false; }; }
nothing_left() { [[ -z $(ls -A "$scratch/temporary") ]]; }

# refuses NAME STATUS TEXT ARGS...: that status, one sentence with TEXT on stderr, nothing on stdout, nothing left behind.
refuses() {
    local name=$1 expected=$2 text=$3
    shift 3
    run_exo "$@"
    check "$name: status $expected, not $status" test "$status" = "$expected"
    check "$name: one sentence" one_sentence
    check "$name: says why" says "$text"
    check "$name: nothing on stdout" test ! -s "$scratch/stdout"
    check "$name: nothing left behind" nothing_left
}

# The scratch folder, empty, and the last word of a script.
begin() {
    scratch=$1
    exo=$PWD/build/bin/exo
    rm -rf "$scratch"
    mkdir -p "$scratch/temporary"
}
finish() {
    echo "$failures failed"
    exit $((failures > 0))
}
