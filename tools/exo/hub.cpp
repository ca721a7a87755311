// Everything of hub NAME is a file NAME.* in one folder. Whoever starts a switch, takes a number or removes a file
// holds the lock on NAME.lock meanwhile. The kernel lets go of locks when their holder ends, however it ends.
#include "tools/exo/hub.hpp"

#include "tools/exo/hub_switch.hpp"
#include "tools/exo/run.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <format>
#include <print>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace exo::tool {

namespace {

std::string hub_folder() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime != nullptr && *runtime != '\0')
        return std::format("{}/exo-hubs", runtime);
    return std::format("/tmp/exo-hubs-{}", ::getuid());
}

std::string file_of(std::string_view name, std::string_view what) {
    return std::format("{}/{}.{}", hub_folder(), name, what);
}

std::unexpected<Failure> hub_failure(std::string_view name, std::string_view what) {
    return failed(std::format("hub {}: {}: {}", name, what, std::strerror(errno)));
}

// A file that is open and locked; -1 when another has the lock and `wait` is not asked for, or on failure.
int lock_file(const std::string& path, bool wait) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0 && ::flock(file, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        return -1;
    }
    return file;
}

class HubLock {
public:
    explicit HubLock(std::string_view name) : file_(lock_file(file_of(name, "lock"), true)) {}
    ~HubLock() {
        if (file_ >= 0)
            ::close(file_);
    }
    HubLock(const HubLock&) = delete;
    bool held() const { return file_ >= 0; }

private:
    int file_;
};

Outcome<void> make_folder(std::string_view name) {
    const std::string folder = hub_folder();
    struct stat status = {};
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return hub_failure(name, "cannot create " + folder);
    if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != ::getuid() ||
        (status.st_mode & 0077) != 0)
        return failed(std::format("hub {}: {} is not a folder of this user alone", name, folder));
    return {};
}

Outcome<sockaddr_un> socket_address(std::string_view name) {
    const std::string path = hub_socket_path(name);
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    if (path.size() >= sizeof address.sun_path)
        return failed(std::format("hub {}: the path {} is too long for a socket", name, path));
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

// The switch's process: nothing of its parent stays open, so that nobody waits for it.
[[noreturn]] void become_switch(int listening, const std::string& name) {
    ::setsid();
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(nothing, descriptor);
    ::dup2(listening, STDERR_FILENO + 1);
    ::close_range(STDERR_FILENO + 2, ~0u, 0);
    for (;;) {
        run_switch(STDERR_FILENO + 1);
        const HubLock lock(name);
        if (somebody_waits(STDERR_FILENO + 1))
            continue; // came just before the lock was taken
        ::unlink(hub_socket_path(name).c_str());
        ::_exit(0);
    }
}

// With the lock held.
Outcome<void> start_switch(const std::string& name) {
    const auto address = socket_address(name);
    if (!address)
        return std::unexpected(address.error());
    const auto* generic = reinterpret_cast<const sockaddr*>(&*address); // Safe: the socket calls' own convention.
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool runs = ::connect(probe, generic, sizeof *address) == 0;
    ::close(probe);
    if (runs)
        return {};
    ::unlink(address->sun_path);
    const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (::bind(listening, generic, sizeof *address) != 0 || ::listen(listening, 16) != 0) {
        ::close(listening);
        return hub_failure(name, "cannot listen");
    }
    // Forked twice: the switch is nobody's child, and outlives the machine that needed it first.
    const pid_t child = ::fork();
    if (child == 0) {
        if (::fork() == 0)
            become_switch(listening, name);
        ::_exit(0);
    }
    ::close(listening);
    if (child < 0)
        return hub_failure(name, "cannot start its switch");
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return {};
}

// The least free number, and the file whose lock says so.
Outcome<std::pair<unsigned, int>> take_number(std::string_view name) {
    for (unsigned number = 1; number <= hub_machines_max; ++number)
        if (const int file = lock_file(file_of(name, std::format("machine-{}", number)), false); file >= 0)
            return std::pair(number, file);
    return failed(
        std::format("hub {}: {} machines are joined, which is as many as there can be", name, hub_machines_max));
}

} // namespace

std::string hub_socket_path(std::string_view name) {
    return file_of(name, "socket");
}

Outcome<std::string> open_hub(std::string_view name) {
    if (const auto made = make_folder(name); !made)
        return std::unexpected(made.error());
    const HubLock lock(name);
    if (!lock.held())
        return hub_failure(name, "cannot be locked");
    if (const auto started = start_switch(std::string(name)); !started)
        return std::unexpected(started.error());
    return hub_socket_path(name);
}

Outcome<HubMembership> HubMembership::join(RunOptions& options) {
    HubMembership membership;
    for (NetInterface& interface : options.interfaces) {
        if (interface.wire != Wire::hub || inside_machine(options.interfaces, interface))
            continue;
        const auto socket = open_hub(interface.place);
        if (!socket)
            return std::unexpected(socket.error());
        const HubLock lock(interface.place);
        const auto number = take_number(interface.place);
        if (!number)
            return std::unexpected(number.error());
        interface.hub_socket = *socket;
        interface.machine_number = number->first;
        membership.locks_.push_back(number->second);
    }
    return membership;
}

HubMembership::~HubMembership() {
    for (const int file : locks_)
        ::close(file);
}

void name_hubs(RunOptions& options) {
    for (NetInterface& interface : options.interfaces)
        if (interface.wire == Wire::hub && !inside_machine(options.interfaces, interface)) {
            interface.hub_socket = hub_socket_path(interface.place);
            interface.machine_number = 1;
        }
}

int run_hub(std::span<const std::string> words) {
    if (words.size() == 1 && words[0] == "--help") {
        std::println(
            "usage: exo hub NAME    open the hub that `exo run --net hub:NAME` joins, print its socket's path\n"
            "A QEMU of one's own joins by -netdev stream,id=...,server=off,addr.type=unix,addr.path=PATH");
        return 0;
    }
    const auto interface = words.size() == 1 ? parse_interface("hub:" + words[0])
                                             : Outcome<NetInterface>(usage_error("hub needs one NAME"));
    if (!interface)
        return report(interface.error());
    const auto socket = open_hub(interface->place);
    if (!socket)
        return report(socket.error());
    std::println("{}", *socket);
    return 0;
}

} // namespace exo::tool
