#!/usr/bin/env bash
# Machines of `exo run` on wires of the host: two on one hub, one on a tap, and wires that come to nothing. A line a check.
# usage: machines.bash, from the repository root. The tap needs root and /dev/net/tun; without, its checks are left out.
set -euo pipefail
. tests/command/report.bash
begin "$PWD/build/tests/network/machines"
hub=hub:machines-$$
tap=exotap$(($$ % 10000))
server= servers=0
finish_server() {
    [[ -z $server ]] || { kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    server=
}
trap 'finish_server; ip link delete $tap 2>/dev/null || true' EXIT
machine=(run --memory 64M --timeout 100)
# serve ARGS...: a machine with udp-echo, in the background.
serve() {
    servers=$((servers + 1))
    "$exo" run --capture "$scratch/wire$servers" --memory 64M --timeout 200 "$@" build/examples/udp-echo >/dev/null 2>"$scratch/server" </dev/null &
    server=$!
}
stdout_is() { [[ $(<"$scratch/stdout") == "$1" ]] || { cat "$scratch/stdout" "$scratch/stderr"; false; }; }

serve --net "$hub" --ip 10.8.0.1/24
run_exo "${machine[@]}" --net "$hub" --ip 10.8.0.2/24 build/tests/network/ask 10.8.0.1 7
check "two machines on a hub: an answer" stdout_is "is anybody there"
run_exo "${machine[@]}" --net "$hub" --ip 10.8.0.2/24 build/tests/network/pings 10.8.0.1 10.8.0.77
check "pings between two machines: status 0, not $status" test "$status" = 0
cat "$scratch/stdout"
run_exo "${machine[@]}" --net "$hub" --ip 10.8.0.2/24 /bin/busybox ping -c 2 -s 65507 10.8.0.1
check "busybox ping between two machines: status 0, not $status" test "$status" = 0
run_exo "${machine[@]}" --net "$hub" --ip 10.8.0.1/24 build/examples/udp-echo
check "an address in use: status 69, not $status" test "$status" = 69
check "an address in use: says so" says "net: the address 10.8.0.1 is in use by another station."
run_exo "${machine[@]}" --net "$hub" --ip 10.8.0.1/24 build/tests/network/ask 10.8.0.2 7
check "an address in use, with sockets: status 69, not $status" test "$status" = 69
check "an address in use, with sockets: says so" says "net: the address 10.8.0.1 is in use by another station."
run_exo "${machine[@]}" --net "$hub" --ip dhcp build/examples/udp-echo
check "no lease: status 69, not $status" test "$status" = 69
check "no lease: says so" says "net: no DHCP server answered"
finish_server

run_exo "${machine[@]}" build/examples/udp-echo
check "no NIC: status 69, not $status" test "$status" = 69
check "no NIC: says so" says "net: this program was granted no NIC"
run_exo "${machine[@]}" --net user --manifest "flow 2 ether=ipv4" build/examples/udp-echo
check "a NIC number that is not there: status 126, not $status" test "$status" = 126
check "a NIC number that is not there: says so" says "flow wants the number of a nic that is named before it"
# A second program in the machine holds the flows of another address, and of UDP a port that is not the server's.
run_exo run --memory 128M --timeout 60 --net "$hub,bind=flows" --ip 10.8.2.1/24 --file build/examples/udp-echo=bin/echo \
    --manifest "program bin/echo" --manifest "env EXO_IP=10.8.2.9/24" --manifest "flow 0 ether=arp local=10.8.2.9" \
    --manifest "flow 0 ether=ipv4 protocol=udp local=10.8.2.9 port=9" build/examples/hello
check "a port outside the flows: status 1, not $status" test "$status" = 1
check "a port outside the flows: says so" says "udp-echo: the port is outside the flows that the program holds"

if ((EUID == 0)) && [[ -c /dev/net/tun ]] && ip tuntap add "$tap" mode tap 2>/dev/null; then
    ip addr add 10.8.1.1/24 dev "$tap"
    ip link set "$tap" up
    serve --net "tap:$tap" --ip 10.8.1.2/24
    answer=
    for ((tries = 0; tries < 40 && ${#answer} == 0; tries++)); do
        exec 8<>/dev/udp/10.8.1.2/7
        { printf 'through a tap' >&8; } 2>/dev/null || true
        IFS= read -r -t 0.5 -N 13 -u 8 answer 2>/dev/null || true
        exec 8>&-
    done
    check "a tap: the host gets an answer" test "$answer" = "through a tap"
    finish_server
else
    echo "left out: the tap, which needs root, /dev/net/tun and ip"
fi
check "tshark finds nothing wrong with frames of ours" tests/interop/judge.bash "$scratch"/wire*.pcap
finish
