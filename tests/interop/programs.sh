#!/bin/busybox sh
# In the Linux guest: the other ends of ordinary programs in machines of ours: busybox' httpd, wget and nc, iperf3, a
# DHCP server. /www/file is also on the host, which knows what has to arrive.
. /guest.sh
mkdir -p /www /tmp /var/lib/misc /var/run
mv /file /www/file
httpd -p 80 -h /www
echo "guest ready"

# until_it NAME COMMAND...: tried until it does, as the machine may not be up yet.
until_it() {
    name=$1
    shift
    check "$name" sh -c 'for i in $(seq 90); do "$@" && exit; sleep 1; done; exit 1' - "$@"
}

# nc closes its half when its input ends, and the other nc gives up then: an input that does not end.
mkfifo /tmp/endless
exec 9<>/tmp/endless
nc -l -p 47003 >/tmp/got <&9
check "nc: what ours sent has arrived" cmp /tmp/got /www/file
until_it "nc: ours listens, and we send" sh -c 'nc 10.7.0.1 47004 </www/file'
until_it "wget: ours serves by HTTP" wget -q -O /tmp/page http://10.7.0.1:8080/file
check "wget: and what came is right" cmp /tmp/page /www/file
until_it "iperf3: ours is the server, we send" iperf -c 10.7.0.1 -p 47005 -n 20M -i 0
iperf -s -1 -p 47006 >/tmp/iperf 2>&1
check "iperf3: ours sent 20 MB" grep -q "receiver" /tmp/iperf

# Leases of ten seconds: a machine that is up for longer has to renew them.
cat >/tmp/udhcpd.conf <<END
start 10.7.0.100
end 10.7.0.109
interface eth0
min_lease 5
option lease 10
option subnet 255.255.255.0
option router 10.7.0.2
END
touch /var/lib/misc/udhcpd.leases
udhcpd -f /tmp/udhcpd.conf >/tmp/udhcpd 2>&1 &
echo "guest serves DHCP"
acknowledged() { [ "$(grep -c "sending ACK to 10.7.0.1" /tmp/udhcpd)" -ge "$1" ]; }
for i in $(seq 120); do acknowledged 3 && break; sleep 1; done
check "dhcp: the lease was given and renewed twice" acknowledged 3
grep "sending ACK" /tmp/udhcpd | tail -1
leased=$(sed -n 's/.*sending ACK to \([0-9.]*\).*/\1/p' /tmp/udhcpd | tail -1)
until_it "dhcp: the machine is at the address it was given" sh -c "echo leased | nc $leased 47007"
finish
