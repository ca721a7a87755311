// See wire.hpp. The limit is a setting of a network namespace, read when a socket is made (Linux,
// Documentation/networking/ip-sysctl.rst and net/unix).
#include "bench/harness/wire.hpp"

#include <format>
#include <string_view>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {
namespace {

constexpr const char* setting = "/proc/sys/net/unix/max_dgram_qlen";

bool write_text(const char* path, std::string_view text) {
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    const bool written = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0)
        close(file);
    return written;
}

// As a user without rights: the same user and group inside as outside.
bool become_only_user() {
    const std::string user = std::format("{0} {0} 1", getuid()), group = std::format("{0} {0} 1", getgid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && write_text("/proc/self/uid_map", user) &&
           write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/gid_map", group);
}

} // namespace

bool widen_wire() {
    if (unshare(CLONE_NEWNET) != 0 && !become_only_user())
        return false;
    return write_text(setting, std::to_string(wire_datagrams));
}

std::optional<std::string> note_on_wires() {
    const pid_t child = fork();
    if (child == 0)
        _exit(widen_wire() ? 0 : 1);
    int status = 1;
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0)
        return {};
    return std::format("the host did not permit wires of {} datagrams (a network namespace, net.unix.max_dgram_qlen): "
                       "who sends long trains waits",
                       wire_datagrams);
}

} // namespace bench
