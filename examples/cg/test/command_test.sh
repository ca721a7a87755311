#!/bin/sh
# The cg command as a user meets it: report, output file, exit status, and one
# sentence on stderr with no file left behind when something is wrong.
# Usage: command_test.sh PROGRAM SCRATCH [MATRIX...]; each MATRIX must be solved too.
set -u
program=$1
scratch=$2
shift 2
rm -rf "$scratch"
mkdir -p "$scratch"
failures=0
checks=0

check() { # check NAME CONDITION...
    name=$1
    shift
    checks=$((checks + 1))
    if ! "$@"; then
        echo "FAILED $name" >&2
        failures=$((failures + 1))
    fi
}

# refuses NAME TEXT ARGS...: status not 0, one line on stderr that has TEXT, no output file, nothing partial.
refuses() {
    name=$1
    text=$2
    shift 2
    "$program" "$@" --output "$scratch/x" >"$scratch/stdout" 2>"$scratch/stderr"
    status=$?
    check "$name: status 1" test $status -eq 1
    check "$name: one line" test "$(wc -l <"$scratch/stderr")" -eq 1
    check "$name: says '$text', not '$(cat "$scratch/stderr")'" grep -q -- "$text" "$scratch/stderr"
    check "$name: no output" test ! -e "$scratch/x"
    check "$name: nothing partial" test ! -e "$scratch/x.partial"
}

solves() { # solves NAME ARGS...
    name=$1
    shift
    check "$name" "$program" "$@" --output "$scratch/solution" >"$scratch/stdout"
    check "$name: nothing partial" test ! -e "$scratch/solution.partial"
}

cat >"$scratch/good.mtx" <<'M'
%%MatrixMarket matrix coordinate real symmetric
3 3 5
1 1 2
2 1 -1
2 2 2
3 2 -1
3 3 2
M
solves "a file" "$scratch/good.mtx"
check "three values" test "$(wc -l <"$scratch/solution")" -eq 5
check "solution header" test "$(sed -n 2p "$scratch/solution")" = "3 1"
for word in "matrix  *good (Matrix Market)" "unknowns  *3" "nonzeros  *7" "threads  *[0-9]" "iterations  *[0-9]" \
    "residual  *[0-9.e-]*" "time  *[0-9.]* s"; do
    check "report has '$word'" grep -q "^$word" "$scratch/stdout"
done

for threads in 1 2 4; do
    OMP_NUM_THREADS=$threads "$program" --poisson 12 --output "$scratch/poisson$threads" >"$scratch/stdout"
    check "$threads threads are reported" grep -q "^threads  *$threads\$" "$scratch/stdout"
done
check "1 and 2 threads, same bits" cmp -s "$scratch/poisson1" "$scratch/poisson2"
check "1 and 4 threads, same bits" cmp -s "$scratch/poisson1" "$scratch/poisson4"
check "the Poisson solution has 1728 values" test "$(wc -l <"$scratch/poisson1")" -eq 1730

sed 's/MatrixMarket/MatrixMarked/' "$scratch/good.mtx" >"$scratch/header.mtx"
sed 's/^3 2 -1/4 2 -1/' "$scratch/good.mtx" >"$scratch/range.mtx"
sed 's/^3 2 -1/3 2 minus/' "$scratch/good.mtx" >"$scratch/number.mtx"
sed '$d' "$scratch/good.mtx" >"$scratch/truncated.mtx"
sed 's/symmetric/general/' "$scratch/good.mtx" >"$scratch/unsymmetric.mtx"
sed 's/^3 3 2/3 3 -2/' "$scratch/good.mtx" >"$scratch/negative.mtx"
sed 's/^2 1 -1/2 1 -9/' "$scratch/good.mtx" >"$scratch/indefinite.mtx"
: >"$scratch/empty"
refuses "wrong header" "wrong header" "$scratch/header.mtx"
refuses "index out of range" "line 6: the row number 4 is outside 1 to 3" "$scratch/range.mtx"
refuses "not a number" "line 6: the value 'minus'" "$scratch/number.mtx"
refuses "truncated" "truncated: it ends after 4 of 5 entries" "$scratch/truncated.mtx"
refuses "not symmetric" "not symmetric" "$scratch/unsymmetric.mtx"
refuses "negative diagonal" "not positive definite" "$scratch/negative.mtx"
refuses "indefinite" "not positive definite" "$scratch/indefinite.mtx"
refuses "empty file" "is empty" "$scratch/empty"
refuses "missing file" "cannot be opened (No such file or directory)" "$scratch/missing"
refuses "directory" "is a directory" "$scratch"
refuses "not converged" "no solution after 2 iterations" --poisson 10 --max-iterations 2
refuses "unknown option" "'--fast' is unknown" --fast
refuses "bad tolerance" "'big'" --tolerance big
refuses "bad size" "from 1 to 1290" --poisson 100000
refuses "file and generator" "not both" "$scratch/good.mtx" --poisson 3
refuses "two files" "only one matrix file" "$scratch/good.mtx" "$scratch/good.mtx"

echo "kept" >"$scratch/kept"
"$program" "$scratch/indefinite.mtx" --output "$scratch/kept" >/dev/null 2>&1
check "an older output survives a failure" test "$(cat "$scratch/kept")" = "kept"
"$program" "$scratch/good.mtx" --output "$scratch/no/such/place" >/dev/null 2>"$scratch/stderr"
check "unwritable output: status" test $? -eq 1
check "unwritable output: sentence" grep -q "cannot write the solution (No such file" "$scratch/stderr"
"$program" "$scratch/good.mtx" --output "$scratch" >/dev/null 2>"$scratch/stderr"
check "output is a directory: status" test $? -eq 1
"$program" "$scratch/good.mtx" --output >/dev/null 2>"$scratch/stderr"
check "option without value: sentence" grep -q "needs a value" "$scratch/stderr"
if [ -e /dev/full ]; then
    "$program" "$scratch/good.mtx" >/dev/full 2>"$scratch/stderr"
    check "full standard output: status" test $? -eq 1
fi

for matrix in "$@"; do
    solves "$matrix" "$matrix"
done

echo "$checks checks, $failures failed"
test "$failures" -eq 0
