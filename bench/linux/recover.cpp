// How long redis-server takes to load its append-only file from ext4 on the NVMe disk, in cycles a key: what it says
// itself ("DB loaded from append only file: 1.622 seconds"), over the keys that are there then.
// usage: recover
#include "bench/load/server.hpp"
#include "bench/network/linux/interface.hpp"
#include "bench/primitives/sampling.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <netinet/in.h>
#include <string_view>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using bench::network::check;

double seconds_now() {
    timespec now = {};
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0, "the clock");
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Server {
    pid_t process;
    std::FILE* said;
};

// Redis' own defaults for everything else; /etc/localtime and its like are not there, and not needed.
Server start() {
    int ends[2];
    check(pipe(ends) == 0, "a pipe");
    const pid_t process = fork();
    check(process >= 0, "a process");
    if (process == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/usr/bin/redis-server", "redis-server", "--save", "", "--appendonly", "yes",
              "--auto-aof-rewrite-percentage", "0", "--dir", "/data", nullptr);
        _exit(127);
    }
    close(ends[1]);
    std::FILE* const said = fdopen(ends[0], "r");
    check(said != nullptr, "a pipe");
    return {process, said};
}

// Reads what the server says until it serves.
double loaded_in_seconds(const Server& server) {
    constexpr const char* loaded = "DB loaded from append only file: ";
    double seconds = -1;
    for (char line[512]; std::fgets(line, sizeof line, server.said) != nullptr;) {
        if (const char* const at = std::strstr(line, loaded); at != nullptr)
            seconds = std::strtod(at + std::strlen(loaded), nullptr);
        if (std::strstr(line, "eady to accept") != nullptr) {
            check(seconds >= 0, "finding that the append-only file was loaded");
            return seconds;
        }
        std::fputs(line, stderr);
    }
    check(false, "starting redis-server");
    return -1;
}

// DBSIZE over the loopback.
unsigned long long keys_there() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in there = {};
    there.sin_family = AF_INET;
    there.sin_port = htons(bench::load::redis_port);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Safe: the socket calls' own convention.
    check(connect(socket, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0, "connecting");
    constexpr std::string_view request = "DBSIZE\r\n";
    check(write(socket, request.data(), request.size()) == static_cast<ssize_t>(request.size()), "asking");
    char reply[64] = {};
    check(read(socket, reply, sizeof reply - 1) > 1 && reply[0] == ':', "an answer");
    close(socket);
    return std::strtoull(reply + 1, nullptr, 10);
}

} // namespace

int main() {
    bench::network::bring_up("lo");
    mkdir("/data", 0755);
    check(mount("/dev/nvme0n1", "/data", "ext4", 0, nullptr) == 0, "mounting /dev/nvme0n1");
    const double begin_s = seconds_now();
    const std::uint64_t begin = bench::read_tsc();
    const Server server = start();
    const double loaded_s = loaded_in_seconds(server);
    const double hz = static_cast<double>(bench::read_tsc() - begin) / (seconds_now() - begin_s);
    const unsigned long long keys = keys_there();
    check(keys != 0, "finding keys");
    std::printf("ROW recovery cycles %.3f\nNOTE %llu keys were recovered\n", loaded_s * hz / static_cast<double>(keys),
                keys);
    std::fflush(stdout);
    kill(server.process, SIGKILL);
    return waitpid(server.process, nullptr, 0) == server.process ? 0 : 1;
}
