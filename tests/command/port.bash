# Ports for what a script begins. Sourced, not run.

# free_ports N: the first of N ports in a row at which nothing of the loopback listens, below those that this host gives to
# connections that go out: such a connection, or what is left of it for a minute, would keep a listener away.
free_ports() {
    local first last from port
    read -r last _ </proc/sys/net/ipv4/ip_local_port_range
    from=$((last > 12000 ? 10000 : 1024))
    for ((tries = 0; tries < 100; tries++)); do
        first=$((from + RANDOM % (last - from - $1)))
        for ((port = first; port < first + $1; port++)); do
            ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue 2
        done
        echo "$first"
        return
    done
    echo "no port of the loopback is free" >&2
    return 1
}
