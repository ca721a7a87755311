# For the scripts that run in the Linux guest: brings it up at 10.7.0.2, and has the words of a test. `. /guest.sh`
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "$module"; done </modules/list
ip link set lo up
ip link set eth0 up
ip address add 10.7.0.2/24 dev eth0
peer=10.7.0.1

# check NAME COMMAND...: a line a check, ok or FAILED with what the command said; how long it took is in brackets.
check() {
    name=$1
    shift
    read -r begin _ </proc/uptime
    if "$@" >/tmp/said 2>&1; then
        read -r end _ </proc/uptime
        echo "ok $name ($(echo "$begin $end" | awk '{ printf "%.1f", $2 - $1 }') s)"
    else
        echo "FAILED $name"
        cat /tmp/said
    fi
}

# The guest's last words; without them the run is a failure.
finish() {
    echo "guest done"
    sleep 1
    echo o >/proc/sysrq-trigger
}
