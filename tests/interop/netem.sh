#!/bin/busybox sh
# In the Linux guest: streams over a wire that loses, doubles, reorders and delays frames of both directions, by netem.
. /guest.sh
mb=1000000
stream=/bin/stream

# What leaves is impaired on eth0, what comes on ifb0 before Linux' own TCP sees it. A frame is a frame: nothing is
# joined on the way in, nor split behind the impairment.
/bin/ethtool -K eth0 gro off gso off tso off
ip link set ifb0 up
/bin/tc qdisc add dev eth0 ingress
/bin/tc filter add dev eth0 parent ffff: matchall action mirred egress redirect dev ifb0

# impair WORDS OF NETEM...: both directions. `nothing` ends it.
impair() {
    for device in eth0 ifb0; do
        /bin/tc qdisc del dev $device root 2>/dev/null
        [ "$1" = nothing ] || /bin/tc qdisc add dev $device root netem limit 10000 "$@" || echo "FAILED netem $*"
    done
}

$stream serve 47001 &
sleep 1
# both ways, NAME DOWN UP, in millions of octets: we as server; then as client; then both directions of one connection.
streams() {
    check "$1: $2 MB from us, they connect" $stream ask $peer 47000 down $(($2 * mb))
    check "$1: $3 MB to us, they connect" $stream ask $peer 47000 up $(($3 * mb))
    check "$1: $3 MB to us, we connect" $stream ask $peer 47000 call 10.7.0.2 47001 down $(($3 * mb))
    check "$1: $2 MB from us, we connect" $stream ask $peer 47000 call 10.7.0.2 47001 up $(($2 * mb))
    check "$1: 1 MB both ways at once" $stream ask $peer 47000 both $mb
}

for plan in "$@"; do
    case $plan in
    duplicate) impair duplicate 5% && streams "5 % twice" 25 25 ;;
    reorder) impair delay 5ms reorder 25% 50% && streams "25 % reordered, 5 ms late" 25 25 ;;
    delay) impair delay 10ms 3ms && streams "7 to 13 ms late" 25 25 ;;
    loss1) impair loss 1% && streams "loss 1 %" 25 25 ;;
    loss5) impair loss 5% && streams "loss 5 %" 5 5 ;;
    loss10) impair loss 10% && streams "loss 10 %" 2 2 ;;
    loss10bbr) # 100 MB: BBR does not slow down for losses
        echo bbr >/proc/sys/net/ipv4/tcp_congestion_control || echo "FAILED bbr"
        impair loss 10% && streams "loss 10 %, Linux' sender is BBR" 25 25
        ;;
    esac
    impair nothing
done
check "our server ends" $stream ask $peer 47000 end
finish
