#!/usr/bin/env bash
# Requests that `exo run` cannot meet: each ends with one clear sentence before a machine is started.
# usage: refusals.bash, from the repository root. What happens inside the machine is in machine.bash.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/command/refusals"

good=build/examples/hello
size=$(stat -c %s "$good")

# copy NAME: a fresh copy of a good program, to be made bad.
copy() { cp "$good" "$scratch/$1"; }
# patch NAME OFFSET BYTES: writes bytes, as printf escapes, over a file.
patch() { printf "$3" | dd of="$scratch/$1" bs=1 seek="$2" conv=notrunc status=none; }
refuses_program() { refuses "$1" 1 "$2" run "$scratch/$3"; }

refuses_program "a missing program" "No such file or directory" missing
refuses "a folder as program" 1 "is not an ordinary file" run "$scratch/temporary"
refuses "a program in a missing folder" 1 "No such file or directory" run "$scratch/no/such/program"
: >"$scratch/empty"
refuses_program "an empty file" "not an ELF program" empty
printf '#!/bin/sh\necho no\n' >"$scratch/script"
chmod +x "$scratch/script"
refuses_program "a script" "not an ELF program" script
refuses "a dynamic program" 1 "only static programs can run" run build/tests/command/dynamic
refuses "a 32-bit program" 1 "not a 64-bit program" run build/tests/command/program-32-bit
refuses "an object file" 1 "has not been linked" run build/libos-hpc/libos-hpc.o

for part in 1 30 63 64 100 1000 4096 $((size / 2)) $((size * 9 / 10)) $((size - 1)); do
    head -c "$part" "$good" >"$scratch/truncated"
    run_exo run "$scratch/truncated"
    check "truncated after $part bytes: status 1, not $status" test "$status" = 1
    check "truncated after $part bytes: one sentence" one_sentence
done

# Offsets of the ELF-64 header: 24 entry, 32 program headers, 56 how many; 64 is the first of them here.
copy corrupt && patch corrupt 0 '\0\0\0\0'
refuses_program "corrupt: magic" "not an ELF program" corrupt
copy corrupt && patch corrupt 18 '\xb7\0'
refuses_program "corrupt: processor" "another processor" corrupt
copy corrupt && patch corrupt 24 '\0\0\0\0\0\0\0\0'
refuses_program "corrupt: entry point" "entry point" corrupt
copy corrupt && patch corrupt 32 '\xff\xff\xff\xff\xff\xff\xff\x7f'
refuses_program "corrupt: place of the program headers" "past the end" corrupt
copy corrupt && patch corrupt 56 '\0\0'
refuses_program "corrupt: no program headers" "no program headers" corrupt
copy corrupt && patch corrupt 56 '\xff\xff'
refuses_program "corrupt: number of program headers" "more than 64" corrupt
copy corrupt && dd if=/dev/zero of="$scratch/corrupt" bs=1 seek=64 count=560 conv=notrunc status=none
refuses_program "corrupt: program headers of zeros" "no segment" corrupt
copy corrupt && patch corrupt 64 '\1\0\0\0\7\0\0\0'
refuses_program "corrupt: writable code" "writable and executable" corrupt
copy corrupt && patch corrupt 80 '\0\0\0\0\0\0\0\xff'
refuses_program "corrupt: a segment in the kernel's half" "outside the memory" corrupt
head -c 100000 /dev/zero | tr '\0' '\377' >"$scratch/corrupt"
head -c 64 "$good" | dd of="$scratch/corrupt" conv=notrunc status=none
refuses_program "corrupt: garbage behind the header" "" corrupt

refuses "a missing share" 1 "does not exist" run --share "$scratch/none" "$good"
refuses "a file as share" 1 "is not a folder" run --share "$scratch/empty" "$good"
# Root may write everywhere unless it gives that up.
mkdir "$scratch/read-only"
chmod 555 "$scratch/read-only"
unprivileged=()
((EUID != 0)) || unprivileged=(setpriv --bounding-set=-dac_override,-dac_read_search)
real_exo=$exo
printf '#!/bin/sh\nexec %s %s "$@"\n' "${unprivileged[*]}" "$exo" >"$scratch/exo"
chmod +x "$scratch/exo"
exo=$scratch/exo
refuses "a read-only share" 1 "is read-only here; share it as $scratch/read-only:ro" run --share "$scratch/read-only" "$good"
exo=$real_exo
refuses "five shares" 2 "at most 4" run --share / --share / --share / --share / --share / "$good"

processors=$(nproc)
refuses "more vcores than there can be" 2 "at most 64" run --vcores 65 "$good"
if ((processors < 64)); then
    refuses "more vcores than there are" 1 "more than this host can run" run --vcores 64 "$good"
fi
refuses "no vcores" 2 "from 1 to 64" run --vcores 0 "$good"
refuses "more memory than there is" 1 "more than this host has" run --memory 4096G "$good"
refuses "too little memory" 2 "at least 8M" run --memory 1M "$good"
refuses "a size that is none" 2 "'much'" run --memory much "$good"
refuses "a program larger than its memory" 1 "do not fit into 16 MiB" run --memory 16M --file build/bin/exo=a --file build/libos-hpc/libos-hpc.o=b --file build/examples/cg=c --file build/examples/cg=d --file build/examples/cg=e --file build/examples/cg=f --file build/examples/cg=g "$good"
refuses "an unknown option" 2 "'--frobnicate'" run --frobnicate "$good"
refuses "a variable without a value" 2 "NAME=VALUE" run --env NAME "$good"
refuses "a time limit of nothing" 2 "from 1 to" run --timeout 0 "$good"
refuses "a trace that cannot be written" 1 "cannot be written" run --trace "$scratch/no/such/trace" "$good"
refuses "an unknown accelerator" 2 "auto, kvm or tcg" run --accel fast "$good"
refuses "an unknown command" 2 "unknown command 'walk'" walk
refuses "an interface of no kind" 2 "not 'wire'" run --net wire "$good"
refuses "a hub without a name" 2 "a hub's name" run --net hub: --ip 10.0.0.1/24 "$good"
refuses "a hub without an address" 2 "--ip A.B.C.D/PREFIX" run --net hub:refusals "$good"
refuses "an address that is none" 2 "such as 10.0.0.1/24" run --net user --ip 10.0.0 "$good"
refuses "an address of a whole network" 2 "not the address of one machine" run --net user --ip 10.0.0.0/24 "$good"
refuses "a gateway elsewhere" 2 "of the same network" run --net user --ip 10.0.0.1/24,10.0.1.1 "$good"
refuses "an address for no interface" 2 "there is none" run --ip dhcp "$good"
refuses "a NIC without a driver" 2 "not 'ne2000'" run --net user,model=ne2000 "$good"
refuses "a tap that is not there" 1 "no interface exo-none" run --net tap:exo-none --ip 10.0.0.1/24 "$good"
refuses "an interface that is no tap" 1 "is not a tap" run --net tap:lo --ip 10.0.0.1/24 "$good"
refuses "a forwarded port that is no port" 2 "hostfwd is" run --net user,hostfwd=tcp::99999-:80 "$good"
refuses "a forwarded address of another host" 1 "cannot be had" run --net user,hostfwd=tcp:192.0.2.1:8080-:80 "$good"
mkdir "$scratch/exo-hubs"
chmod 755 "$scratch/exo-hubs"
XDG_RUNTIME_DIR=$scratch refuses "a hub in a folder open to others" 1 "not a folder of this user alone" \
    run --net hub:refusals --ip 10.0.0.1/24 "$good"
refuses "a hub without a name to open" 2 "one NAME" hub

refuses "a store with an unknown option" 2 "'--frobnicate'" kv --frobnicate
refuses "a store with a word too many" 2 "'program'" kv program
refuses "keys on a disk that is not there" 1 "does not exist" kv --disk "$scratch/nowhere.img"
refuses "keys on a disk that is too small" 2 "at least 20M" kv --disk "$scratch/small.img,size=16M"
check "no image was made for them" test ! -e "$scratch/small.img"
refuses "keys on two disks" 2 "on one disk" kv --disk one --disk two
refuses "keys on a disk that is read-only" 2 "read-only" kv --disk one,ro
refuses "durable keys without a disk" 2 "needs a disk" kv --durability always
refuses "a durability that is none" 2 "not 'sometimes'" kv --disk one --durability sometimes
refuses "a virtual function that is shared" 2 "not shared by extents" run --disk one,virtual,shared "$good"
refuses "a store on no vcore" 2 "from 1 to 64" kv --vcores 0
refuses "a store on vcores that are no number" 2 "from 1 to 64, not 'two'" kv --vcores two
refuses "a store on more vcores than there can be" 2 "at most 64" kv --vcores 65
check "and no image is made" test ! -e "$scratch/shared.img"
refuses "a store with too little memory for its vcores" 2 "at least 72M" kv --vcores 2 --memory 64M
refuses "a store without memory" 2 "at least 64M" kv --memory 32M
refuses "a store with memory that is none" 2 "'much'" kv --memory much
refuses "keys larger than the machine" 2 "at most 96 MiB" kv --memory 128M --maxmemory 97M
refuses "keys of no size" 2 "such as 512M" kv --maxmemory lots
refuses "keys without memory" 2 "more than nothing" kv --maxmemory 0
refuses "a store without a port" 2 "from 1 to 65535" kv --port 0
refuses "a store at a port that is none" 2 "not '70000'" kv --port 70000
refuses "a store whose metrics have no port" 2 "--metrics-port needs a number from 1 to 65535, not '0'" kv --metrics-port 0
refuses "a store with one port for two" 2 "a port of its own" kv --port 7000 --metrics-port 7000
refuses "a store with an empty password" 2 "needs a password" kv --requirepass ''
refuses "an option of a store without its value" 2 "--port needs a value" kv --port
refuses "a store with two NICs" 2 "one NIC" kv --net user --net user
refuses "a store on an interface of no kind" 2 "not 'wire'" kv --net wire
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die; $| = 1; print $s->sockport, "\n"; sleep 60' >"$scratch/port" &
listener=$!
until [[ -s $scratch/port ]]; do sleep 0.1; done
refuses "a store at a port that is taken" 1 "port $(<"$scratch/port") of this host's loopback cannot be had" kv --port "$(<"$scratch/port")"
kill $listener
wait $listener || :
run_exo kv --help
check "exo kv --help: status 0, not $status" test "$status" = 0
check "exo kv --help offers a disk" grep -qF -- '--durability none|batch|always' "$scratch/stdout"
run_exo kv --dry-run --port 6390 --memory 128M
check "a store's machine: the loopback's port leads in" grep -qF 'hostfwd=tcp:127.0.0.1:6390-:6390' "$scratch/stdout"
check "a store's machine has the memory asked for" grep -qF -- '-m 131072k' "$scratch/stdout"
if ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
    refuses "KVM without VT-x or AMD-V" 1 "no working VT-x or AMD-V" run --accel kvm "$good"
fi

run_exo run --dry-run --vcores 2 --memory 256M --share "$scratch:ro" "$good"
check "a dry run prints the command and nothing else" \
    grep -qE '^qemu-system-x86_64 .*-m 262144k -smp 2 .*-kernel .*readonly=on' "$scratch/stdout"
check "a dry run succeeds" test "$status" = 0
check "a dry run is one line" test "$(wc -l <"$scratch/stdout")" = 1
check "a dry run starts nothing" nothing_left
finish
