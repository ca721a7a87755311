#!/usr/bin/env bash
# That judge.bash can find something: captures with one forged frame among good ones, a line each.
# usage: judge_test.bash, from the repository root
. tests/interop/lab.bash
begin judge
# Frames from 52:58:f1:0a:01:01, 10.7.0.1, with right checksums: UDP, TCP, ICMP.
ethernet=5254000000025258f10a01010800
udp=${ethernet}4500002e00010000401166ae0a0700010a07000200070fa0001a8ebe7061796c6f6164206f662061206672616d65
tcp=${ethernet}4500003a00010000400666ad0a0700010a070002b7980fa00000000100000001501803e8834300007061796c6f6164206f662061206672616d65
icmp=${ethernet}4500002e00010000400166be0a0700010a0700020800aab9000100017061796c6f6164206f662061206672616d65

# capture NAME FRAME...: twenty good frames of each kind, and these.
capture() {
    local name=$1 frame
    shift
    for _ in {1..20}; do printf '%s\n' "$udp" "$tcp" "$icmp"; done >"$scratch/frames"
    (($# == 0)) || printf '%s\n' "$@" >>"$scratch/frames"
    while read -r frame; do echo "000000 $(sed 's/../& /g' <<<"$frame")"; done <"$scratch/frames" |
        text2pcap -q -F pcap - "$scratch/$name.pcap" 2>/dev/null
}
# with FRAME OCTET HEX: the frame with that octet replaced.
with() { echo "${1:0:$2*2}$3${1:$2*2+2}"; }
passes() { tests/interop/judge.bash "$scratch/$1.pcap"; }
fails() { ! passes "$1" >"$scratch/said" && grep -q "^ *61 " "$scratch/said"; } # and names the forged frame
# forged NAME FRAME
forged() {
    capture forged "$2"
    say "a forged frame is reported: $1" fails forged
}

capture good
say "good frames are accepted" passes good
forged "IP header checksum" "$(with "$udp" 22 3f)"
forged "UDP checksum" "$(with "$udp" 50 00)"
forged "TCP checksum" "$(with "$tcp" 60 00)"
forged "ICMP checksum" "$(with "$icmp" 50 00)"
forged "IP total length beyond the frame" "${udp/4500002e00010000401166ae/4500012e00010000401165ae}"
forged "UDP length beyond the datagram" "$(with "$udp" 38 20)"
forged "a header longer than its packet" "$(with "$(with "$udp" 14 4f)" 24 39)"
forged "ARP cut short" "5254000000025258f10a0101080600010800060400"
capture others "$(with "$(with "$udp" 22 3f)" 6 02)"
say "a bad frame of somebody else is not ours" passes others
capture forged "$(with "$tcp" 60 00)"
say "several captures are judged at once" bash -c "! tests/interop/judge.bash '$scratch/good.pcap' '$scratch/forged.pcap' >/dev/null"
say "and are accepted when all are good" tests/interop/judge.bash "$scratch/good.pcap" "$scratch/others.pcap"
say "sums that are left to others are not judged" tests/interop/judge.bash --sums-left "$scratch/forged.pcap"
capture forged "$(with "$udp" 22 3f)"
say "but those of IP are" bash -c "! tests/interop/judge.bash --sums-left '$scratch/forged.pcap' >/dev/null"
head -c 1000 "$scratch/good.pcap" >"$scratch/few.pcap"
say "a capture of few frames says nothing, and fails" bash -c "! tests/interop/judge.bash '$scratch/few.pcap' >/dev/null"
echo "$failures failed"
exit $((failures > 0))
