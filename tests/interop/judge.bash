#!/usr/bin/env bash
# tshark reads captures and says whether frames of ours (MAC addresses that begin with 52:58) are whole: none malformed,
# no bad checksum, and at least 20 of them, for else there was nothing to judge. What it finds is printed. All captures
# are read at once.
# usage: judge.bash [--frames N] [--sums-left] CAPTURE..., from the repository root; of more than N frames (60,000) N are
# read from the beginning and as many from the end. --sums-left: the wire is a tap of this host, where a NIC may leave the
# sums of TCP and UDP to whoever sends the frame on; those are not judged.
set -euo pipefail
frames=60000 left=
while [[ $1 == --* ]]; do
    case $1 in
    --frames) frames=$2 && shift ;;
    --sums-left) left=yes ;;
    *) echo "judge.bash: '$1' is not understood" >&2 && exit 2 ;;
    esac
    shift
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
capture=$1
if (($# > 1)); then
    capture=$scratch/all.pcap
    mergecap -F pcap -w "$capture" "$@"
fi
# Octets of our streams are no protocol: what recognises protocols by their content stays out of it.
quiet=(--disable-protocol dis) # likewise, by a port
while read -r name; do quiet+=(--disable-protocol "$name"); done < <(
    tshark -G heuristic-decodes 2>/dev/null | awk -F '\t' '($1 == "tcp" || $1 == "udp") && $2 != "http" { print $2 }' | sort -u
)
sums=(-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -o tcp.analyze_sequence_numbers:FALSE
    -o tcp.desegment_tcp_streams:FALSE)
ours="eth.src[0:2] == 52:58"
bad="_ws.malformed || _ws.short || ip.checksum.status == \"Bad\" || icmp.checksum.status == \"Bad\""
if [[ $left ]]; then
    sums+=(-o udp.check_checksum:FALSE -o tcp.check_checksum:FALSE)
fi
bad+=" || _ws.expert.severity == \"Error\" || udp.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\""

# judged FILE: its frames of oursthat are bad, a line each.
judged() {
    tshark -n "${sums[@]}" "${quiet[@]}" -r "$1" -c "$frames" -Y "$ours && ($bad)" 2>/dev/null
}
count=$(tshark -n -r "$capture" -c "$frames" -Y "$ours" -T fields -e frame.number 2>/dev/null | wc -l)
if ((count < 20)); then
    echo "only $count frames of ours in $*"
    exit 1
fi
found=$(judged "$capture" | head -5 || true) # tshark may not come to its end
all=$(capinfos -Mrc "$capture" | awk '/^Number of packets/ { print $NF }')
if ((all > frames)); then
    editcap -r "$capture" "$scratch/end.pcap" $((all - frames + 1))-$all 2>/dev/null || true
    found+=$(judged "$scratch/end.pcap" | head -5 || true)
fi
[[ -z $found ]] || { echo "$found"; exit 1; }
