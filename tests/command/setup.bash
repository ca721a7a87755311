#!/usr/bin/env bash
# What ./exo says when something it needs is missing, and what a start with nothing to do costs.
# usage: setup.bash, from the repository root. Stand-ins for apt-get, dpkg-query, sudo and ninja are put before the real ones, so
# that nothing is installed, fetched or built, and every failure can be had.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/command/setup"
bin=$scratch/bin
tree=$scratch/tree
mkdir -p "$bin" "$tree/build/bin"
chmod 755 "$scratch"

# stand_in NAME BODY
stand_in() {
    printf '#!/bin/bash\necho "%s $*" >>%s/calls\n%s\n' "$1" "$scratch" "$2" >"$bin/$1"
    chmod +x "$bin/$1"
}
# fresh: a checkout where nothing has been set up, that wants one package and one source.
fresh() {
    rm -rf "$tree" "$scratch/calls"
    mkdir -p "$tree/build/bin" "$tree/tools"
    cp -r exo "$tree"
    cp -r tools/setup "$tree/tools"
    printf '# Why.\nwanted-package  for this test\n' >"$tree/tools/setup/packages.txt"
    printf '# Why.\n' >"$tree/tools/setup/sources.txt"
    printf '#!/bin/sh\necho the command: "$@"\n' >"$tree/build/bin/exo"
    chmod +x "$tree/build/bin/exo"
    : >"$scratch/calls"
    chmod -R a+rwX "$tree" "$scratch/calls"
    stand_in dpkg-query 'exit 1'
    stand_in ninja 'echo "ninja: no work to do."'
    stand_in apt-get 'exit 0'
    stand_in sudo 'exit 1'
}
# start ARGS...: ./exo of that checkout, by $as.
as=()
start() {
    status=0
    PATH=$bin:$PATH "${as[@]}" "$tree/exo" "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?
}
called() { grep -q "$1" "$scratch/calls"; }
not() { ! "$@"; }
last_line_says() { tail -1 "$scratch/stderr" | grep -qF -- "$1" || { cat "$scratch/stderr"; false; }; }

fresh
start --no-install run x
check "--no-install: status 1, not $status" test "$status" = 1
check "--no-install: one sentence" one_sentence
check "--no-install: prints the command" says "apt-get install --no-install-recommends wanted-package"
check "--no-install: installs nothing" not called "^apt-get"

fresh
if ((EUID == 0)); then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
start run x
as=()
check "without root: status 1, not $status" test "$status" = 1
check "without root: one sentence" one_sentence
check "without root: prints the command for root" says "only root can install them: sudo apt-get install"

fresh
stand_in sudo 'while [[ $1 == -* ]]; do shift; done; exec "$@"'
stand_in apt-get '[[ $* != *install* ]]'
start run x
check "without a network: status 1, not $status" test "$status" = 1
check "without a network: says so" last_line_says "could not install wanted-package: without a network"

fresh
stand_in sudo 'while [[ $1 == -* ]]; do shift; done; exec "$@"'
start run x
check "with everything: status 0, not $status" test "$status" = 0
check "with everything: says what is installed and where the reasons are" one_sentence
check "with everything: names the package" says "(reasons in tools/setup/packages.txt): wanted-package"
check "with everything: installs it" called "^apt-get .*install --no-install-recommends wanted-package"
check "with everything: hands over" grep -qx "the command: run x" "$scratch/stdout"
: >"$scratch/calls"
start run y
check "a second start asks no package manager" not called "^\(apt-get\|dpkg-query\|sudo\)"
check "a second start says nothing" test ! -s "$scratch/stderr"

fresh
stand_in dpkg-query 'echo "wanted-package installed"'
printf 'wanted-source  wanted  for this test\n' >"$tree/tools/setup/sources.txt"
stand_in apt-get 'exit 100'
start run x
check "a source that cannot be fetched: goes on" grep -qx "the command: run x" "$scratch/stdout"
check "a source that cannot be fetched: says so" last_line_says "could not be fetched: is there a network? Going on without"
start run x
check "a source that cannot be fetched: is not asked for again at once" test ! -s "$scratch/stderr"

fresh
stand_in dpkg-query 'echo "wanted-package installed"'
printf 'needed-source  needed  for this test\n' >"$tree/tools/setup/sources.txt"
stand_in apt-get 'exit 100'
start run x
check "a source that the build needs: status 1, not $status" test "$status" = 1
check "a source that the build needs: says so" last_line_says "nothing can be built without the source of needed-source"
check "a source that the build needs: builds nothing" not called "^ninja"
start run x
check "a source that the build needs: says so again" last_line_says "nothing can be built without the source of needed-source"

fresh
stand_in dpkg-query 'echo "wanted-package installed"'
stand_in ninja 'echo "a.cpp:1: error: no"; exit 1'
start run x
check "a build that fails: status 1, not $status" test "$status" = 1
check "a build that fails: the compiler is heard" says "a.cpp:1: error: no"
check "a build that fails: says so" last_line_says "the build failed"

# The real checkout, with everything there: what ./exo adds to the command that it hands over to. The least of nine, because
# other work on the machine only ever adds.
milliseconds() {
    local least=1000000 before after
    for _ in 1 2 3 4 5 6 7 8 9; do
        before=$(date +%s%N)
        "$@" >/dev/null 2>&1
        after=$(date +%s%N)
        ((least <= (after - before) / 1000000)) || least=$(((after - before) / 1000000))
    done
    echo "$least"
}
./exo run --dry-run build/examples/hello >/dev/null 2>&1
added=$(($(milliseconds ./exo run --dry-run build/examples/hello) - $(milliseconds "$exo" run --dry-run build/examples/hello)))
check "a start with nothing to do adds less than 300 ms: $added ms" test "$added" -lt 300
finish
