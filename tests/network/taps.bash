#!/usr/bin/env bash
# Runs the tests of ports on three taps of the host that a bridge joins: the first NIC has four queue pairs, two know
# frames of 9,014 octets. It takes the right to make interfaces; a host that does not give it is told so, and that is all.
# usage: taps.bash [split]
set -euo pipefail
bridge=exo-bridge$$
bridge=${bridge:0:15}
taps=("exo-a$$" "exo-b$$" "exo-c$$")
scratch=$(mktemp -d)
recorder=
remove() {
    [[ -z $recorder ]] || kill "$recorder" 2>/dev/null || true
    rm -rf "$scratch"
    for interface in "${taps[@]}" "$bridge"; do
        ip link delete "$interface" 2>/dev/null || true
    done
}
trap remove EXIT
if ! ip link add "$bridge" type bridge forward_delay 0 2>/dev/null ||
    ! ip tuntap add "${taps[0]}" mode tap multi_queue vnet_hdr 2>/dev/null ||
    ! ip tuntap add "${taps[1]}" mode tap vnet_hdr 2>/dev/null || ! ip tuntap add "${taps[2]}" mode tap vnet_hdr 2>/dev/null; then
    echo "ok skipped: this host lets nobody make taps and bridges"
    exit 0
fi
for interface in "${taps[@]}"; do
    ip link set "$interface" mtu 9000 master "$bridge" up
done
ip link set "$bridge" mtu 9000 up
model=virtio-net-pci,page-per-vq=on,packed=on
# Of the bridge, for what a tap carries has a header that the machine's own recorder does not know.
dumpcap -q -P -i "$bridge" -w "$scratch/wire.pcap" 2>/dev/null &
recorder=$!
for ((tries = 0; tries < 100; ++tries)); do # it records once its file has a head
    [[ ! -s $scratch/wire.pcap ]] || break
    sleep 0.1
done
status=0
build/bin/exo run --verbose --vcores 4 --memory 256M --timeout 250 --manifest "machine log" \
    --net "tap:${taps[0]},model=$model,queues=4,host_mtu=9000" --ip 10.0.0.1/24 \
    --net "tap:${taps[1]},model=$model,host_mtu=9000" --ip 10.0.0.2/24 \
    --net "tap:${taps[2]},model=$model" --ip 10.0.0.3/24 build/tests/network/network-tests taps "$@" || status=$?
sleep 1 # the kernel hands frames to a recorder in blocks, up to a quarter of a second late
kill -INT "$recorder" && wait "$recorder" || true
recorder=
if tests/interop/judge.bash --frames 3000 --sums-left "$scratch/wire.pcap"; then
    echo "ok tshark finds nothing wrong with frames of ours"
else
    echo "FAILED tshark finds nothing wrong with frames of ours"
    status=1
fi
exit "$status"
