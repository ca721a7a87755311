#!/usr/bin/env bash
# Our machine and a Linux guest on one hub; Linux runs SCRIPT.sh of this folder and judges. Afterwards tshark reads what
# went over the wire: no frame of ours may be malformed or have a bad checksum.
# usage: run.bash SCRIPT [MODEL], from the repository root
set -euo pipefail
script=$1 model=${2:-virtio-net-pci}
scratch=$PWD/build/tests/interop/$script-$model
rm -rf "$scratch"
mkdir -p "$scratch"
failures=0

# say NAME CONDITION...: a line a check.
say() {
    local name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "FAILED $name"; failures=$((failures + 1)); fi
}

hub=interop-$$
kernel=$(build/tests/interop/interop-guest tests/interop/"$script".sh "$scratch/initramfs.cpio" virtio_pci virtio_net)
timeout 280 build/bin/exo run --verbose --memory 128M --timeout 270 --manifest "machine log" \
    --net "hub:$hub,model=$model" --ip 10.7.0.1/24 build/tests/interop/responder >"$scratch/machine" 2>&1 </dev/null &
machine=$!
for ((tries = 0; tries < 300; tries++)); do
    grep -q "responder: ready" "$scratch/machine" && break
    sleep 0.2
done
say "our machine is up" grep -q "responder: ready" "$scratch/machine"
timeout 270 qemu-system-x86_64 -machine q35 -nodefaults -display none -no-reboot -serial stdio -accel tcg -cpu max,-la57 \
    -smp 1 -m 256M -kernel "$kernel" -initrd "$scratch/initramfs.cpio" \
    -append "console=ttyS0 quiet panic=-1 no_timer_check rdinit=/init mitigations=off tsc=reliable" \
    -netdev "stream,id=net0,server=off,addr.type=unix,addr.path=$(build/bin/exo hub "$hub")" \
    -device virtio-net-pci,netdev=net0,mac=52:54:00:00:00:02,romfile= \
    -object "filter-dump,id=dump,netdev=net0,file=$scratch/wire.pcap" >"$scratch/guest" 2>&1 </dev/null || true
tr -d '\r' <"$scratch/guest" | grep -aE '^(ok|FAILED) ' || true
failures=$((failures + $(tr -d '\r' <"$scratch/guest" | grep -caE '^FAILED ' || true)))
say "the guest came to its end" grep -qa "guest done" "$scratch/guest"
status=0
wait $machine || status=$?
say "our machine ended when it was told to: status 0, not $status" test "$status" = 0

ours="eth.src[0:2] == 52:58"
frames() { tshark -n -r "$scratch/wire.pcap" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -Y "$1" 2>/dev/null; }
say "the capture has frames of ours" test "$(frames "$ours" | wc -l)" -gt 20
bad=$(frames "$ours && (_ws.malformed || ip.checksum.status == \"Bad\" || udp.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\" || icmp.checksum.status == \"Bad\")")
say "tshark finds no malformed or bad-checksum frame of ours" test -z "$bad"
[[ -z $bad ]] || head -5 <<<"$bad"
echo "$failures failed"
exit $((failures > 0))
