#!/bin/busybox sh
# In the Linux guest: ping, ARP and UDP towards the exokernel's machine at 10.7.0.1. A line a check, ok or FAILED.
. /guest.sh

check "arp: the machine answers" arping -c 3 -w 10 -I eth0 $peer
for size in 0 1 7 8 56 1471 1472 1473 2952 4000 9000 20000 40000 65000 65506 65507; do
    check "ping of $size octets" ping -c 3 -W 5 -s $size $peer
done
check "arp: the table holds the machine" sh -c "grep '$peer ' /proc/net/arp | grep -qi 52:58"

for size in 0 1 18 512 1400 1472 1473 8000 65507; do
    check "udp: $size octets are echoed" udp-peer $peer 7 $size
done
ping -c 1 -W 2 10.7.0.77 >/dev/null 2>&1 # an address that nobody has: the machine must not answer for it
check "arp: nobody answers for another's address" sh -c "! grep '10.7.0.77 ' /proc/net/arp | grep -q 52:58"
udp-peer $peer 9 1 send
finish
