// See interface.hpp; rtnetlink(7).
#include "bench/network/linux/interface.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench::network {
namespace {

// One request with its attributes, and the kernel's answer to it.
class Request {
public:
    Request(std::uint16_t type, std::uint16_t flags) {
        header()->nlmsg_type = type;
        header()->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
        header()->nlmsg_len = NLMSG_LENGTH(0);
    }

    template <typename Body>
    void body(const Body& value) {
        std::memcpy(NLMSG_DATA(header()), &value, sizeof value);
        header()->nlmsg_len = NLMSG_LENGTH(sizeof value);
    }

    void attribute(std::uint16_t type, const void* data, std::size_t bytes) {
        char* const at = buffer_ + NLMSG_ALIGN(header()->nlmsg_len);
        const rtattr head = {static_cast<std::uint16_t>(RTA_LENGTH(bytes)), type};
        std::memcpy(at, &head, sizeof head);
        std::memcpy(at + RTA_LENGTH(0), data, bytes);
        header()->nlmsg_len = static_cast<std::uint32_t>(NLMSG_ALIGN(header()->nlmsg_len) + RTA_ALIGN(head.rta_len));
    }

    void send(const char* what) {
        const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
        check(socket >= 0, "netlink socket");
        check(::send(socket, buffer_, header()->nlmsg_len, 0) == static_cast<ssize_t>(header()->nlmsg_len), what);
        alignas(nlmsghdr) char answer[1024];
        check(::recv(socket, answer, sizeof answer, 0) >= static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr))), what);
        nlmsgerr result;
        std::memcpy(&result, answer + NLMSG_HDRLEN, sizeof result);
        errno = -result.error;
        check(result.error == 0, what);
        ::close(socket);
    }

private:
    nlmsghdr* header() { return reinterpret_cast<nlmsghdr*>(buffer_); } // Safe: aligned, and nothing else is there.
    alignas(nlmsghdr) char buffer_[512] = {};
};

ifreq request_of(const char* name) {
    ifreq request = {};
    std::snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    return request;
}

void control(unsigned long what, ifreq& request, const char* said) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(socket >= 0 && ::ioctl(socket, what, &request) == 0, said);
    ::close(socket);
}

std::array<std::uint8_t, 4> in_network_order(std::uint32_t address) {
    std::array<std::uint8_t, 4> octets;
    put32(octets.data(), address);
    return octets;
}

} // namespace

void give_up(const char* what) {
    std::fprintf(stderr, "network: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

void check(bool done, const char* what) {
    if (!done)
        give_up(what);
}

int interface_index(const char* name) {
    const unsigned index = if_nametoindex(name);
    check(index != 0, name);
    return static_cast<int>(index);
}

Mac interface_mac(const char* name) {
    ifreq request = request_of(name);
    control(SIOCGIFHWADDR, request, "asking for a MAC address");
    Mac mac;
    std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
    return mac;
}

void bring_up(const char* name) {
    ifreq request = request_of(name);
    request.ifr_flags = IFF_UP;
    control(SIOCSIFFLAGS, request, "bringing an interface up");
}

void add_address(const char* name, std::uint32_t address, int prefix) {
    Request request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    ifaddrmsg message = {};
    message.ifa_family = AF_INET;
    message.ifa_prefixlen = static_cast<std::uint8_t>(prefix);
    message.ifa_index = static_cast<std::uint32_t>(interface_index(name));
    request.body(message);
    const auto octets = in_network_order(address);
    request.attribute(IFA_LOCAL, octets.data(), octets.size());
    request.attribute(IFA_ADDRESS, octets.data(), octets.size());
    request.send("adding an address");
}

void add_neighbour(const char* name, std::uint32_t address, const Mac& mac) {
    Request request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
    ndmsg message = {};
    message.ndm_family = AF_INET;
    message.ndm_ifindex = interface_index(name);
    message.ndm_state = NUD_PERMANENT;
    request.body(message);
    const auto octets = in_network_order(address);
    request.attribute(NDA_DST, octets.data(), octets.size());
    request.attribute(NDA_LLADDR, mac.data(), mac.size());
    request.send("adding a neighbour");
}

void move_to_new_namespace(const char* name) {
    const int index = interface_index(name);
    const int old_space = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    check(old_space >= 0 && ::unshare(CLONE_NEWNET) == 0, "making a network namespace");
    const int new_space = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    check(new_space >= 0 && ::setns(old_space, CLONE_NEWNET) == 0, "going back to the first network namespace");
    Request request(RTM_NEWLINK, 0);
    ifinfomsg message = {};
    message.ifi_index = index;
    request.body(message);
    request.attribute(IFLA_NET_NS_FD, &new_space, sizeof new_space);
    request.send("moving an interface to another network namespace");
    check(::setns(new_space, CLONE_NEWNET) == 0, "entering a network namespace");
    ::close(old_space);
    ::close(new_space);
}

void write_setting(const char* path, const char* value) {
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    check(file >= 0, path);
    check(::write(file, value, std::strlen(value)) == static_cast<ssize_t>(std::strlen(value)), path);
    ::close(file);
}

} // namespace bench::network
