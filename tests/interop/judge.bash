#!/usr/bin/env bash
# tshark reads a capture and says whether frames of ours (MAC addresses that begin with 52:58) are whole: none malformed,
# no bad checksum, and at least 20 of them, for else there was nothing to judge. What it finds is printed.
# usage: judge.bash CAPTURE [FRAMES], from the repository root; of a long capture FRAMES (default 60,000) are read from its
# beginning and as many from its end.
set -euo pipefail
capture=$1 frames=${2:-60000}
# Octets of our streams are no protocol: what recognises protocols by their content stays out of it.
quiet=()
while read -r name; do quiet+=(--disable-protocol "$name"); done < <(
    tshark -G heuristic-decodes 2>/dev/null | awk -F '\t' '($1 == "tcp" || $1 == "udp") && $2 != "http" { print $2 }' | sort -u
)
sums=(-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -o tcp.analyze_sequence_numbers:FALSE
    -o tcp.desegment_tcp_streams:FALSE)
ours="eth.src[0:2] == 52:58"
bad="_ws.malformed || _ws.expert.severity == \"Error\" || _ws.short || ip.checksum.status == \"Bad\" || udp.checksum.status == \"Bad\""
bad+=" || tcp.checksum.status == \"Bad\" || icmp.checksum.status == \"Bad\""

# judged FILE: its frames of ours, a line each, the bad ones marked.
judged() { tshark -n "${sums[@]}" "${quiet[@]}" -r "$1" -c "$frames" -Y "$ours && ($bad)" 2>/dev/null; }
count=$(tshark -n -r "$capture" -c "$frames" -Y "$ours" -T fields -e frame.number 2>/dev/null | wc -l)
if ((count < 20)); then
    echo "only $count frames of ours in $capture"
    exit 1
fi
found=$(judged "$capture" | head -5)
all=$(capinfos -Mrc "$capture" | awk '/^Number of packets/ { print $NF }')
if ((all > frames)); then
    end=$(mktemp)
    trap 'rm -f "$end"' EXIT
    editcap -r "$capture" "$end" $((all - frames + 1))-$all 2>/dev/null || true
    found+=$(judged "$end" | head -5)
fi
[[ -z $found ]] || { echo "$found"; exit 1; }
