#!/usr/bin/env bash
# exo-cc, exo-c++ and exo-fc: the system's gcc, g++ or gfortran, plus what a link with libos-hpc needs.
# Used like mpicc: everything is passed on as it is; -show prints the command instead of running it.
# EXO_CC, EXO_CXX and EXO_FC choose another compiler. Nothing is added when nothing is linked.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
libos=$(dirname -- "$here")/libos-hpc/libos-hpc.o
name=${0##*/}
fortran_runtime=0
case $name in
exo-cc) compiler=${EXO_CC:-gcc} ;;
exo-c++) compiler=${EXO_CXX:-g++} ;;
exo-fc)
    compiler=${EXO_FC:-gfortran}
    fortran_runtime=1
    ;;
*)
    echo "$name: this script must be called as exo-cc, exo-c++ or exo-fc" >&2
    exit 2
    ;;
esac

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
    -shared | -pie | -static-pie | -rdynamic)
        echo "$name: $word is not possible: programs are linked statically at a fixed address" >&2
        exit 1
        ;;
    -o | -x | -I | -L | -l | -D | -U | -J | -B | -T | -u | -z | -e | -include | -imacros | -isystem | -iquote | -idirafter | -MF | -MT | -MQ | --param | -Xlinker | -Xpreprocessor | -Xassembler)
        words+=("$word")
        (($#)) || break # the compiler itself says what is missing
        word=$1
        shift
        ;;
    - | [!-]*) inputs=$((inputs + 1)) ;;
    -lgfortran | -lopenblas) fortran_runtime=1 ;;
    esac
    words+=("$word")
done

command=("$compiler" ${words[@]+"${words[@]}"})
if ((links && inputs)); then
    if [[ ! -r $libos && $show == 0 ]]; then
        echo "$name: $libos is not built yet; ./exo setup builds it" >&2
        exit 1
    fi
    # libgfortran refers to these weakly and takes one that is there for all of them: a static link must have all or none.
    if ((fortran_runtime)); then
        for symbol in create join self getspecific setspecific key_create key_delete \
            mutex_{init,destroy,lock,trylock,unlock} cond_{init,destroy,wait,broadcast}; do
            command+=("-Wl,-u,pthread_$symbol")
        done
    fi
    # -x none: the object is an object even after a -x option of the user's.
    command+=(-static -no-pie -Wl,-e,exo_start -Wl,--build-id -Wl,-z,noexecstack -x none "$libos")
fi
if ((show)); then
    printf '%s\n' "${command[*]@Q}"
    exit 0
fi
exec "${command[@]}"
