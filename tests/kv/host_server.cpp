// The store on the host, for tests alone: the same code as in the machine over the host's sockets, one thread, epoll.
// Usage: host-server PORT
#include "libos-kv/server/server.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_set>

namespace exo::kv {

void out_of_memory(std::size_t bytes) {
    std::fprintf(stderr, "host-server: no memory for %zu octets\n", bytes);
    std::abort();
}

} // namespace exo::kv

namespace {

using exo::kv::Server;
using exo::kv::Session;

std::uint64_t clock_us(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

struct Link {
    int socket;
    Session* session;
    bool wants_write = false;
};

int poller;
bool stopping;
std::unordered_set<Link*> touched;

void wake(Session& session) {
    touched.insert(static_cast<Link*>(session.transport)); // Safe: set when the session was opened.
}

std::string name_of(const sockaddr_in& address) {
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(address.sin_port));
}

void accept_all(int listener, Server& server) {
    for (;;) {
        sockaddr_in peer{}, local{};
        socklen_t size = sizeof peer;
        // Safe: as the sockets API has it.
        const int socket = accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK);
        if (socket < 0)
            return;
        size = sizeof local;
        getsockname(socket, reinterpret_cast<sockaddr*>(&local), &size);
        const int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Session* session = server.open(name_of(peer), name_of(local));
        if (!session) {
            (void)!write(socket, Server::refusal.data(), Server::refusal.size());
            close(socket);
            continue;
        }
        Link* link = new Link{socket, session};
        session->transport = link;
        session->wake = wake;
        epoll_event event{EPOLLIN, {.ptr = link}};
        epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
    }
}

void drop(Link* link, Server& server) {
    touched.erase(link);
    server.close(link->session);
    close(link->socket);
    delete link;
}

// False: the link is gone.
bool flush(Link* link, Server& server) {
    Session& session = *link->session;
    while (!session.broken && !session.to_send().empty()) {
        const auto octets = session.to_send();
        const ssize_t sent = send(link->socket, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent < 0)
            session.broken = true;
        else
            session.sent(static_cast<std::size_t>(sent));
        if (session.paused && session.unsent() < server.unsent_max())
            server.input(&session, {}); // requests that had waited for that
    }
    if (session.broken || (session.closing && session.unsent() == 0)) {
        drop(link, server);
        return false;
    }
    const bool wants = !session.to_send().empty();
    if (wants != link->wants_write) {
        link->wants_write = wants;
        epoll_event event{EPOLLIN | (wants ? static_cast<unsigned>(EPOLLOUT) : 0u), {.ptr = link}};
        epoll_ctl(poller, EPOLL_CTL_MOD, link->socket, &event);
    }
    return true;
}

void receive(Link* link, Server& server) {
    static char buffer[64 * 1024];
    const ssize_t count = recv(link->socket, buffer, sizeof buffer, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
        drop(link, server);
        return;
    }
    if (count > 0)
        server.input(link->session, {buffer, static_cast<std::size_t>(count)});
    flush(link, server);
}

int listen_at(unsigned port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Safe: as the sockets API has it.
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, 512) != 0) {
        std::perror("host-server: cannot listen");
        std::exit(1);
    }
    return listener;
}

} // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fprintf(stderr, "usage: host-server PORT\n");
        return 64;
    }
    exo::kv::Surroundings surroundings;
    surroundings.realtime_us = [] { return clock_us(CLOCK_REALTIME); };
    surroundings.monotonic_us = [] { return clock_us(CLOCK_MONOTONIC); };
    surroundings.seed = clock_us(CLOCK_REALTIME);
    surroundings.memory_bytes = 8ull << 30;
    surroundings.stop = [](int) { stopping = true; };
    Server* server = new Server(surroundings);
    poller = epoll_create1(0);
    const int listener = listen_at(static_cast<unsigned>(std::atoi(words[1])));
    epoll_event event{EPOLLIN, {.ptr = nullptr}};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    std::fprintf(stderr, "host-server: listening at port %s\n", words[1]);
    std::int64_t patience_ms = 0;
    while (!stopping) {
        epoll_event events[64];
        const int ready = epoll_wait(poller, events, 64, static_cast<int>(patience_ms));
        for (int index = 0; index < ready; index++) {
            Link* link = static_cast<Link*>(events[index].data.ptr); // Safe: put there above.
            if (!link) {
                accept_all(listener, *server);
                continue;
            }
            const bool writable = (events[index].events & EPOLLOUT) != 0;
            if (writable && !flush(link, *server))
                continue;
            if (events[index].events & ~static_cast<unsigned>(EPOLLOUT))
                receive(link, *server);
        }
        patience_ms = server->tick();
        while (!touched.empty()) {
            Link* link = *touched.begin();
            touched.erase(link);
            flush(link, *server);
        }
    }
    delete server;
    return 0;
}
