#!/usr/bin/env bash
# What a writer of library OSes meets: `exo new libos`, the compiler of the kit, and the programs in the documentation, which
# are cut out of it, built and booted.
# usage: library_os.bash, from the repository root.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/command/library_os"
page=docs/writing-a-library-os.md

# What a command prints is kept, and shown when it should have done otherwise.
works() { "$@" >"$scratch/stdout" 2>"$scratch/stderr" || { cat "$scratch/stdout" "$scratch/stderr"; false; }; }
fails() { ! "$@" >"$scratch/stdout" 2>"$scratch/stderr" || { cat "$scratch/stdout" "$scratch/stderr"; false; }; }

# Where names and places cannot be: nothing is made.
refuses_new() { # NAME STATUS TEXT ARGS...
    refuses "$@"
    check "$1: nothing is made" test -z "$(ls -A "$scratch/place")"
}
mkdir -p "$scratch/place"
refuses_new "no name" 2 "usage: exo new libos PATH" new libos
refuses_new "something else than a library OS" 2 "usage: exo new libos PATH" new kernel "$scratch/place/mine"
refuses_new "a name that is none" 2 "is no name for a library OS" new libos "$scratch/place/My Own"
refuses_new "a place that is not there" 1 "cannot make" new libos "$scratch/place/none/mine"
touch "$scratch/taken"
refuses "a place that is taken" 1 "exists already" new libos "$scratch/taken"

# A new one: builds, boots, passes its own test, and is nobody's but its owner's.
(cd "$scratch/place" && TMPDIR=$scratch/temporary "$exo" new libos mine >"$scratch/stdout")
check "a new library OS: says what is next" grep -q "ninja test" "$scratch/stdout"
check "a new library OS: nothing of the example's name" fails grep -r libos-echo "$scratch/place/mine"
check "a new library OS: its program has under 60 lines" test "$(wc -l <"$scratch/place/mine/main.cpp")" -lt 60
check "a new library OS: builds" works ninja -C "$scratch/place/mine"
check "a new library OS: boots and passes its test" works ninja -C "$scratch/place/mine" test
sed -i 's/echo_port = 7;/echo_port = 9;/' "$scratch/place/mine/main.cpp"
check "a new library OS: its test notices that nobody answers" fails env SECONDS_MAX=8 ninja -C "$scratch/place/mine" test

# The example in this tree is the same one.
check "the example: boots and passes its test" works ninja -C examples/libos-echo test

# The compiler.
echo 'int exo_main() { throw 1; }' >"$scratch/throws.cpp"
check "an exception is refused by the compiler" fails build/bin/exo-kit-c++ -c "$scratch/throws.cpp" -o "$scratch/throws.o"
check "an exception is refused by the compiler: says why" says "exceptions disabled"
check "a shared library is refused" fails build/bin/exo-kit-c++ -shared "$scratch/throws.cpp"
check "a shared library is refused: says why" says "programs are linked statically"

# The page's programs.
awk -v out="$scratch/page" '/^```cpp$/ {file = sprintf("%s%d.cpp", out, ++n); next} /^```$/ {file = ""} file {print >file}' $page
programs=("$scratch"/page*.cpp)
check "the page has programs" test ${#programs[@]} -ge 6
head -c 1M /dev/zero >"$scratch/image"
for source in "${programs[@]}"; do
    program=${source%.cpp}
    name="program ${program##*/page} of the page"
    check "$name: compiles without a warning" works build/bin/exo-kit-c++ -Wall -Wextra -Werror "$source" -o "$program"
    cp "$scratch/image" "$program.image"
    run_exo run --memory 64M --timeout 60 --net user --disk "$program.image" --manifest "machine log" "$program"
    check "$name: status 0, not $status" test "$status" = 0
done
run_exo run --memory 64M --timeout 60 --verbose --manifest "machine log" "$scratch/page1"
check "the first program says hello" grep -q "hello from 1 vcores" "$scratch/stdout" "$scratch/stderr"
finish
