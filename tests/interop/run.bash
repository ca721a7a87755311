#!/usr/bin/env bash
# One machine of ours and a Linux guest on one hub; Linux runs SCRIPT.sh of this folder and judges.
# usage: run.bash SCRIPT [MODEL [WORDS...]], from the repository root; MODEL is our NIC, WORDS go to the script
. tests/interop/lab.bash
script=$1 model=${2:-virtio-net-pci}
shift $(($# < 2 ? $# : 2))
begin "$script-$model${1:+-$1}"
case $script in
ping)
    ours=(--verbose --manifest "machine log" $folder/responder) ready="responder: ready" said=err
    guest_words+=("bin/udp-peer=$folder/udp-peer")
    ;;
netem)
    ours=($folder/stream serve 47000) ready=ready said=out
    guest_words+=(tcp_bbr ifb sch_netem sch_ingress cls_matchall act_mirred "bin/stream=$folder/stream-linux")
    tool /usr/sbin/tc
    tool /usr/sbin/ethtool
    ;;
*)
    echo "run.bash: there is no script $script" >&2
    exit 2
    ;;
esac
start_machine machine --ip 10.7.0.1/24 "${ours[@]}"
say "our machine is up" wait_for "$ready" "$scratch/machine.$said"
start_guest "$script" "$@"
end_guest
say "our machine ended when it was told to, with status 0" machine_ends 0
finish
