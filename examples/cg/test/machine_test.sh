#!/bin/sh
# cg in the machine and on the host: the solution files must be the same byte for
# byte, and bad input must give the same sentence, status 1 and no file.
# Usage: machine_test.sh EXO PROGRAM HOST_PROGRAM SCRATCH [MATRIX]
# EXO is build/bin/exo; without MATRIX, or when there is no such file, a Poisson matrix is solved and a line says so.
set -u
exo=$1
program=$2
host=$3
scratch=$4
matrix=${5:-}
if [ -n "$matrix" ] && [ ! -r "$matrix" ]; then
    echo "$matrix is not here: a Poisson matrix is solved instead"
    matrix=
fi
rm -rf "$scratch"
mkdir -p "$scratch/share"
failures=0

check() { # check NAME CONDITION...
    name=$1
    shift
    if "$@"; then
        echo "ok $name"
    else
        echo "FAILED $name"
        failures=$((failures + 1))
    fi
}

in_machine() { # in_machine VCORES ARGS...
    vcores=$1
    shift
    "$exo" run --vcores "$vcores" --timeout 300 --share "$scratch/share" --env "OMP_NUM_THREADS=$vcores" \
        "$program" "$@" >"$scratch/stdout" 2>"$scratch/stderr"
}

for threads in 1 2; do
    if [ -n "$matrix" ]; then
        cp "$matrix" "$scratch/share/matrix"
        in_machine "$threads" /share/matrix --output "/share/machine$threads"
        check "$threads threads: status" test $? -eq 0
        OMP_NUM_THREADS=$threads "$host" "$matrix" --output "$scratch/host$threads" >/dev/null
    else
        in_machine "$threads" --poisson 20 --output "/share/machine$threads"
        check "$threads threads: status" test $? -eq 0
        OMP_NUM_THREADS=$threads "$host" --poisson 20 --output "$scratch/host$threads" >/dev/null
    fi
    check "$threads threads: reported" grep -q "^threads  *$threads\$" "$scratch/stdout"
    check "$threads threads: the same bytes as on the host" \
        cmp "$scratch/share/machine$threads" "$scratch/host$threads"
    check "$threads threads: nothing partial" test ! -e "$scratch/share/machine$threads.partial"
done

printf '%%%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n3 2 1\n' >"$scratch/share/bad.mtx"
in_machine 1 /share/bad.mtx --output /share/none
check "bad input: status 1" test $? -eq 1
check "bad input: the sentence" grep -qx "cg: /share/bad.mtx, line 4: the row number 3 is outside 1 to 2" \
    "$scratch/stderr"
check "bad input: no file" test ! -e "$scratch/share/none"
in_machine 1 /share/missing.mtx
check "missing file: status 1" test $? -eq 1
check "missing file: the sentence" grep -q "cannot be opened (No such file or directory)" "$scratch/stderr"
test "$failures" -eq 0
