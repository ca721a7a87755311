// What a peer's guest runs when the load comes from a machine beside it: gives its interface an address, starts one
// server, and answers each datagram at `meter_port` with the cycles that the processor has been busy so far, which
// are instructions while those are counted. Never ends but when the server does.
// usage: serve redis|redis-always|memcached|nginx; redis-always keeps its append-only file on ext4 on the NVMe disk and
// syncs it before each reply
#include "bench/load/server.hpp"
#include "bench/network/linux/interface.hpp"
#include "bench/primitives/sampling.hpp"

#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using bench::network::check;

void write_text(const char* path, std::string_view text) {
    std::FILE* const file = std::fopen(path, "w");
    check(file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size(), path);
    std::fclose(file);
}

// What servers look for before they start.
void make_surroundings() {
    for (const char* folder : {"/etc", "/run", "/var", "/var/log", "/var/log/nginx", "/var/lib", "/var/lib/nginx"})
        mkdir(folder, 0755);
    write_text("/etc/passwd", "root:x:0:0::/:\n");
    write_text("/etc/group", "root:x:0:\n");
    write_text("/etc/nginx.conf", R"(user root;
daemon off;
worker_processes 1;
error_log stderr;
events {
    worker_connections 1024;
}
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 3600;
    keepalive_requests 1000000000;
    open_file_cache max=64 inactive=1h;
    open_file_cache_valid 1h;
    server {
        listen 80;
        root /build/bench/web/documents;
    }
}
)");
}

[[noreturn]] void become(std::string_view name) {
    if (name == "redis-always") {
        mkdir("/data", 0755);
        check(mount("/dev/nvme0n1", "/data", "ext4", 0, nullptr) == 0, "mounting /dev/nvme0n1");
        execl("/usr/bin/redis-server", "redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "",
              "--appendonly", "yes", "--appendfsync", "always", "--dir", "/data", "--loglevel", "warning", nullptr);
    } else if (name == "redis")
        execl("/usr/bin/redis-server", "redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "",
              "--appendonly", "no", "--dir", "/tmp", "--loglevel", "warning", nullptr);
    else if (name == "memcached")
        execl("/usr/bin/memcached", "memcached", "-u", "root", "-t", "1", "-m", "512", "-U", "0", "-l", "0.0.0.0",
              nullptr);
    else if (name == "nginx")
        execl("/usr/sbin/nginx", "nginx", "-c", "/etc/nginx.conf", nullptr);
    std::perror("serve: no such server");
    _exit(127);
}

// Nanoseconds that the only core has slept, to the last one.
std::uint64_t idle_ns() {
    std::FILE* const list = std::fopen("/proc/timer_list", "r");
    check(list != nullptr, "/proc/timer_list");
    char line[256];
    std::uint64_t idle = 0, found = 0;
    while (found == 0 && std::fgets(line, sizeof line, list) != nullptr)
        found = static_cast<std::uint64_t>(std::sscanf(line, " .idle_sleeptime : %" SCNu64 " nsecs", &idle) == 1);
    std::fclose(list);
    check(found != 0, "the idle time in /proc/timer_list");
    return idle;
}

void end_of_server(int) {
    static constexpr char text[] = "serve: the server has ended\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(1);
}

[[noreturn]] void answer() {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in here = {}, from = {};
    here.sin_family = AF_INET;
    here.sin_port = htons(bench::load::meter_port);
    // Safe: the socket calls' own convention, here and below.
    check(socket >= 0 && bind(socket, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0, "the meter's port");
    for (;;) {
        char octets[64];
        socklen_t length = sizeof from;
        check(recvfrom(socket, octets, sizeof octets, 0, reinterpret_cast<sockaddr*>(&from), &length) >= 0,
              "receiving");
        const std::string text = std::to_string(bench::read_tsc() - idle_ns());
        check(sendto(socket, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&from), length) ==
                  static_cast<ssize_t>(text.size()),
              "answering");
    }
}

} // namespace

int main(int count, char** arguments) {
    if (count != 2)
        return 2;
    bench::network::bring_up("lo");
    bench::network::bring_up(bench::network::client_interface);
    bench::network::add_address(bench::network::client_interface, bench::load::server_address, 24);
    make_surroundings();
    std::signal(SIGCHLD, end_of_server);
    const pid_t child = fork();
    check(child >= 0, "fork");
    if (child == 0)
        become(arguments[1]);
    answer();
}
