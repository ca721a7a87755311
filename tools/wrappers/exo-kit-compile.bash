#!/usr/bin/env bash
# exo-kit-c++: compiles and links programs that are their own library OS (docs/writing-a-library-os.md): clang with the
# code generation that the kit was built with, and everything of the kit that the program uses. Used like any compiler
# driver; -show prints the command instead of running it.
set -euo pipefail

build=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
show=0
links=1
inputs=0
words=()
while (($#)); do
    word=$1
    shift
    case $word in
    -show | --showme)
        show=1
        continue
        ;;
    -c | -E | -S | -M | -MM | -fsyntax-only | -r | --version | --help* | -dump* | -print-* | '-###') links=0 ;;
    -shared | -pie | -static-pie | -rdynamic | -fexceptions | -frtti)
        echo "exo-kit-c++: $word is not possible: programs are linked statically, without a C++ runtime" >&2
        exit 1
        ;;
    -o | -x | -I | -L | -l | -D | -U | -T | -u | -z | -e | -include | -isystem | -iquote | -MF | -MT | -MQ | -Xlinker | -Xclang)
        words+=("$word")
        (($#)) || break # the compiler itself says what is missing
        word=$1
        shift
        ;;
    - | [!-]*) inputs=$((inputs + 1)) ;;
    esac
    words+=("$word")
done

command=(@clangxx@ @flags@ -I "$(dirname -- "$build")" ${words[@]+"${words[@]}"})
if ((links && inputs)); then
    archives=(@archives@)
    for archive in "${archives[@]}"; do
        [[ -r $build/libos/$archive || $show == 1 ]] && continue
        echo "exo-kit-c++: $build/libos/$archive is not built yet; ./exo setup builds it" >&2
        exit 1
    done
    command+=(-Wno-unused-command-line-argument -nostdlib -static -fuse-ld=lld -Wl,-e,exo_start,--build-id=none,-z,noexecstack,-z,max-page-size=4096
        -x none -Wl,--start-group "${archives[@]/#/$build/libos/}" -Wl,--end-group)
fi
if ((show)); then
    printf '%s\n' "${command[*]@Q}"
    exit 0
fi
exec "${command[@]}"
