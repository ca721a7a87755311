// The switch between machines, with this test as the machines: what reaches whom, and that nobody is held up.
#include "tools/exo/hub_switch.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <poll.h>
#include <stdlib.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace {

class Hub {
public:
    Hub() {
        REQUIRE(::mkdtemp(folder_) != nullptr);
        std::snprintf(address_.sun_path, sizeof address_.sun_path, "%s/socket", folder_);
        listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        REQUIRE(::bind(listening_, generic(), sizeof address_) == 0);
        REQUIRE(::listen(listening_, 8) == 0);
        carrier_ = std::thread([this] { exo::tool::run_switch(listening_); });
    }
    ~Hub() {
        carrier_.join(); // after its last machine has left: some seconds
        ::close(listening_);
        ::unlink(address_.sun_path);
        ::rmdir(folder_);
    }
    int join() {
        const int machine = ::socket(AF_UNIX, SOCK_STREAM, 0);
        REQUIRE(::connect(machine, generic(), sizeof address_) == 0);
        return machine;
    }

private:
    const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&address_); } // Safe: its own kind.
    char folder_[32] = "/tmp/exo-hub-test-XXXXXX";
    sockaddr_un address_ = {.sun_family = AF_UNIX, .sun_path = {}};
    int listening_ = -1;
    std::thread carrier_;
};

std::string frame(char to, char from, std::size_t size = 60) {
    std::string octets(size, 'x');
    for (int octet = 0; octet < 6; ++octet) {
        octets[static_cast<std::size_t>(octet)] = to == '*' ? '\xff' : octet == 5 ? to : '\x52';
        octets[static_cast<std::size_t>(octet) + 6] = octet == 5 ? from : '\x52';
    }
    std::string head(4, '\0');
    head[2] = static_cast<char>(size >> 8);
    head[3] = static_cast<char>(size & 0xff);
    return head + octets;
}

void give(int machine, const std::string& octets) {
    REQUIRE(::send(machine, octets.data(), octets.size(), 0) == static_cast<ssize_t>(octets.size()));
}

// What comes to a machine: as many octets as expected, or what there is after a while.
std::string taken(int machine, std::size_t expected, int wait_ms = 2000) {
    std::string octets;
    pollfd slot = {machine, POLLIN, 0};
    while (octets.size() < expected && ::poll(&slot, 1, wait_ms) > 0) {
        char block[4096];
        const ssize_t count = ::recv(machine, block, std::min(sizeof block, expected - octets.size()), 0);
        if (count <= 0)
            break;
        octets.append(block, static_cast<std::size_t>(count));
    }
    return octets;
}

bool silent(int machine) {
    return taken(machine, 1, 100).empty();
}

} // namespace

TEST_CASE("hub: frames reach all others until it is known who is where, and then that one alone") {
    Hub hub;
    const int a = hub.join(), b = hub.join(), c = hub.join();
    give(a, frame('*', 'a'));
    CHECK(taken(b, 64) == frame('*', 'a'));
    CHECK(taken(c, 64) == frame('*', 'a'));
    CHECK(silent(a)); // nobody hears himself
    give(b, frame('a', 'b'));
    CHECK(taken(a, 64) == frame('a', 'b'));
    CHECK(silent(c));
    give(c, frame('z', 'c')); // nobody has shown that address
    CHECK(taken(a, 64) == frame('z', 'c'));
    CHECK(taken(b, 64) == frame('z', 'c'));

    // A frame in pieces, and two at once.
    const std::string whole = frame('b', 'a', 1514);
    give(a, whole.substr(0, 3));
    CHECK(silent(b));
    give(a, whole.substr(3) + frame('b', 'a'));
    CHECK(taken(b, whole.size() + 64) == whole + frame('b', 'a'));

    // Shorter than an Ethernet header: dropped, and what follows is still understood.
    give(a, std::string("\0\0\0\1x", 5) + frame('b', 'a'));
    CHECK(taken(b, 64) == frame('b', 'a'));

    // What cannot be a frame ends that machine's membership and nobody else's.
    give(c, std::string(8, '\xff'));
    CHECK(taken(c, 1).empty());
    give(a, frame('b', 'a'));
    CHECK(taken(b, 64) == frame('b', 'a'));
    for (const int machine : {a, b, c})
        ::close(machine);
}

TEST_CASE("hub: a machine that reads nothing delays nobody") {
    Hub hub;
    const int a = hub.join(), b = hub.join(), deaf = hub.join();
    give(b, frame('*', 'b'));
    give(deaf, frame('*', 'd'));
    CHECK(taken(a, 128).size() == 128);
    const std::string large = frame('d', 'a', 1514);
    for (int count = 0; count < 6000; ++count) // 9 MB: more than its queue and its socket hold
        give(a, large);
    give(a, frame('b', 'a'));
    CHECK(taken(b, 128, 10000).substr(64) == frame('b', 'a')); // behind the broadcast of before
    for (const int machine : {a, b, deaf})
        ::close(machine);
}
