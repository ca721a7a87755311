#!/usr/bin/env bash
# Ordinary programs in machines of ours and their like in a Linux guest, both ways: Debian's static busybox as it is (nc,
# wget), iperf3 and an HTTP server that were linked without libos-hpc; an address from the guest's DHCP server.
# usage: programs.bash, from the repository root
. tests/interop/lab.bash
begin programs
head -c 5000000 /dev/urandom >"$scratch/file"
guest_words+=("file=$scratch/file" "bin/iperf=$folder/iperf")
same() { cmp "$scratch/file" "$1"; }
# ours NAME WORDS...: a program in a machine at 10.7.0.1
ours() { start_machine "$1" --ip 10.7.0.1/24 "${@:2}"; }

start_guest programs
say "the guest is up" wait_for "guest ready" "$scratch/guest"
ours wget /bin/busybox wget -q -O - http://10.7.0.2/file
say "wget: ours fetches from Linux' httpd" machine_ends 0
say "wget: and what came is right" same "$scratch/wget.out"
for size in 0 56 1473 65507; do
    ours ping /bin/busybox ping -c 3 -s $size 10.7.0.2
    say "ping: Linux answers ours, $size octets" machine_ends 0
    say "ping: each of them" grep -q "3 packets transmitted, 3 packets received" "$scratch/ping.out"
done
input=$scratch/file ours nc /bin/busybox nc 10.7.0.2 47003
say "nc: ours sends its standard input" machine_ends 0
# nc closes its half when its input ends, and the other nc gives up then: an input that does not end.
mkfifo "$scratch/endless"
exec 9<>"$scratch/endless"
input=$scratch/endless ours listener /bin/busybox nc -l -p 47004
say "nc: ours listens and ends with the stream" machine_ends 0
say "nc: and what came is right" same "$scratch/listener.out"
ours server --file "$scratch/file=file" $folder/http-server-linux 8080 /file 1
say "http: ours serves one client" machine_ends 0
ours iperf $folder/iperf -s -1 -p 47005
say "iperf3: ours receives" machine_ends 0
ours sender $folder/iperf -c 10.7.0.2 -p 47006 -n 20M -i 0
say "iperf3: ours sends" machine_ends 0

say "the guest serves DHCP" wait_for "guest serves DHCP" "$scratch/guest"
input=$scratch/endless start_machine leased --ip dhcp /bin/busybox nc -l -p 47007
say "dhcp: the machine was reached at its leased address" machine_ends 0
say "dhcp: by whom it should be" grep -qx leased "$scratch/leased.out"
hub=$hub-empty start_machine nobody --ip dhcp /bin/busybox nc 10.7.0.2 1
say "dhcp: where nobody answers, the program ends with status 69" machine_ends 69
say "dhcp: and a sentence says so" grep -q "no DHCP server answered" "$scratch/nobody.err"
end_guest
finish
