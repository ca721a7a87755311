// The store on the host, for tests alone: the same code as in the machine over the host's sockets, epoll, and one
// thread or one a shard. Usage: host-server PORT [SHARDS]
#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/shard.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <unordered_set>
#include <vector>

namespace exo::kv {

void out_of_memory(std::size_t bytes) {
    std::fprintf(stderr, "host-server: no memory for %zu octets\n", bytes);
    std::abort();
}

} // namespace exo::kv

namespace {

using exo::kv::Front;
using exo::kv::Rings;
using exo::kv::Server;
using exo::kv::Session;
using exo::kv::Shard;
using exo::kv::Surroundings;

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
std::atomic<bool> stopping;
std::unordered_set<Link*> touched;

void wake(Session& session) {
    touched.insert(static_cast<Link*>(session.transport)); // Safe: set when the session was opened.
}

std::string name_of(const sockaddr_in& address) {
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(address.sin_port));
}

template <typename Host>
void accept_all(int listener, Host& server) {
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
        if constexpr (std::is_same_v<Host, Server>)
            session->show_values(1); // as the machine does, but all that it can
        Link* link = new Link{socket, session};
        session->transport = link;
        session->wake = wake;
        epoll_event event{EPOLLIN, {.ptr = link}};
        epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
    }
}

template <typename Host>
void drop(Link* link, Host& server) {
    touched.erase(link);
    server.close(link->session);
    close(link->socket);
    delete link;
}

// False: the link is gone.
template <typename Host>
bool flush(Link* link, Host& server) {
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
        if (session.paused && !server.has_much_unsent(session))
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

template <typename Host>
void receive(Link* link, Host& server) {
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

Surroundings make_surroundings(std::uint64_t memory_bytes) {
    Surroundings surroundings;
    surroundings.realtime_us = [] { return clock_us(CLOCK_REALTIME); };
    surroundings.monotonic_us = [] { return clock_us(CLOCK_MONOTONIC); };
    surroundings.seed = clock_us(CLOCK_REALTIME);
    surroundings.memory_bytes = memory_bytes;
    surroundings.stop = [](int) { stopping = true; };
    return surroundings;
}

// `turn` does what is due beside the sockets, and returns the milliseconds for which they may be waited for.
template <typename Host, typename Turn>
void serve(int listener, Host& host, Turn turn) {
    int patience_ms = 0;
    while (!stopping) {
        epoll_event events[64];
        const int ready = epoll_wait(poller, events, 64, patience_ms);
        for (int index = 0; index < ready; index++) {
            Link* link = static_cast<Link*>(events[index].data.ptr); // Safe: put there by accept_all.
            if (!link) {
                accept_all(listener, host);
                continue;
            }
            const bool writable = (events[index].events & EPOLLOUT) != 0;
            if (writable && !flush(link, host))
                continue;
            if (events[index].events & ~static_cast<unsigned>(EPOLLOUT))
                receive(link, host);
        }
        patience_ms = turn();
        while (!touched.empty()) {
            Link* link = *touched.begin();
            touched.erase(link);
            flush(link, host);
        }
    }
}

// A shard on a thread of its own, which says when it is there.
void run_shard(const Surroundings& surroundings, unsigned number, unsigned shards, std::int64_t memory, Rings& rings,
               std::atomic<bool>& is_there) {
    Shard shard(surroundings, number, shards, memory, rings);
    is_there = true;
    std::uint64_t tick_at_us = 0;
    unsigned idle = 0;
    while (!stopping) {
        if (const std::uint64_t now_us = clock_us(CLOCK_MONOTONIC); now_us >= tick_at_us)
            tick_at_us = now_us + static_cast<std::uint64_t>(shard.server.tick()) * 1000;
        idle = shard.poll() ? 0 : idle + 1;
        if (idle > 100)
            usleep(50);
    }
}

void serve_shards(int listener, unsigned shards) {
    constexpr std::uint64_t memory_bytes = 8ull << 30;
    const Surroundings surroundings = make_surroundings(memory_bytes / shards);
    exo::kv::Array<Rings*> rings;
    std::vector<Rings*> owned;
    for (unsigned shard = 0; shard < shards; shard++) {
        owned.push_back(new Rings);
        rings.push(owned.back());
    }
    {
        Front front(surroundings, std::move(rings), [](unsigned) {});
        std::vector<std::thread> threads;
        for (unsigned number = 0; number < shards; number++) {
            std::atomic<bool> is_there = false;
            threads.emplace_back(run_shard, std::cref(surroundings), number, shards, front.server.config.max_memory,
                                 std::ref(*owned[number]), std::ref(is_there));
            while (!is_there)
                std::this_thread::yield();
        }
        serve(listener, front, [&] {
            const std::int64_t patience_ms = front.server.tick();
            const bool moved = front.poll();
            return moved || front.is_expecting() ? 0 : front.has_blocked() ? 1 : static_cast<int>(patience_ms);
        });
        for (std::thread& thread : threads)
            thread.join();
    }
    for (Rings* each : owned)
        delete each;
}

} // namespace

int main(int count, char** words) {
    const int port = count >= 2 ? std::atoi(words[1]) : 0, shards = count == 3 ? std::atoi(words[2]) : 0;
    if (count > 3 || port < 1 || port > 65535 || (count == 3 && (shards < 1 || shards > 64))) {
        std::fprintf(stderr, "usage: host-server PORT [SHARDS]\n");
        return 64;
    }
    poller = epoll_create1(0);
    const int listener = listen_at(static_cast<unsigned>(port));
    epoll_event event{EPOLLIN, {.ptr = nullptr}};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    std::fprintf(stderr, "host-server: listening at port %s\n", words[1]);
    if (shards != 0) {
        serve_shards(listener, static_cast<unsigned>(shards));
        return 0;
    }
    Server* server = new Server(make_surroundings(8ull << 30));
    serve(listener, *server, [&] { return static_cast<int>(server->tick()); });
    delete server;
    return 0;
}
