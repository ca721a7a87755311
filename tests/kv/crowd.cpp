// Thousands of connections to a store at once: each has its own key and value, all ask at the same time, most are
// silent while one asks; readers who do not read, and peers who vanish. A line a check, and the latencies that one
// connection saw. Usage:
//   crowd ADDRESS PORT many COUNT          COUNT connections, all that the store takes
//   crowd ADDRESS PORT slow COUNT          COUNT who never read what they have asked for
//   crowd ADDRESS PORT reset COUNT         COUNT who break off in the middle of a request
//   crowd ADDRESS PORT silent COUNT FROM   COUNT from an address that is taken away: standard input says when it is
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <fcntl.h>
#include <format>
#include <netinet/tcp.h>
#include <poll.h>
#include <print>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(60);

sockaddr_in store{};
int failures;

void check(std::string_view name, bool holds) {
    std::println("{} {}", holds ? "ok" : "FAILED", name);
    std::fflush(stdout);
    failures += !holds;
}

// One connection, with what is to be sent and what is expected back.
struct Peer {
    int socket = -1;
    std::string request, expected, came;
    std::size_t sent = 0;

    explicit Peer(const char* from = nullptr, int receive_room = 0) {
        socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (socket < 0) {
            std::println("FAILED no socket: errno {}", errno);
            std::exit(1);
        }
        const int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (receive_room)
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_room, sizeof receive_room);
        sockaddr_in local{};
        local.sin_family = AF_INET;
        if (from && inet_pton(AF_INET, from, &local.sin_addr) == 1)
            bind(socket, reinterpret_cast<const sockaddr*>(&local), sizeof local); // Safe: as sockets have it.
        connect(socket, reinterpret_cast<const sockaddr*>(&store), sizeof store);  // Safe: likewise.
    }
    Peer(Peer&& other) noexcept
        : socket(std::exchange(other.socket, -1)), request(std::move(other.request)),
          expected(std::move(other.expected)), came(std::move(other.came)), sent(other.sent) {}
    Peer& operator=(Peer&& other) = delete;
    ~Peer() {
        if (socket >= 0)
            close(socket);
    }

    void ask(std::string question, std::string answer) {
        request = std::move(question);
        expected = std::move(answer);
        came.clear();
        sent = 0;
    }
    bool done() const { return sent == request.size() && came.size() >= expected.size(); }
    bool right() const { return came == expected; }
    // Sends and takes what it can. False: it is over.
    bool work() {
        while (sent < request.size()) {
            const ssize_t count = send(socket, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
            if (count < 0)
                return errno == EAGAIN;
            sent += static_cast<std::size_t>(count);
        }
        char octets[65536];
        while (came.size() < expected.size()) {
            const ssize_t count = recv(socket, octets, sizeof octets, 0);
            if (count < 0)
                return errno == EAGAIN;
            if (count == 0)
                return false;
            came.append(octets, static_cast<std::size_t>(count));
        }
        return true;
    }
};

// Works for some peers until all are done; false: they are not, or one has come to an end.
bool finish(std::vector<Peer*> peers) {
    const auto end = Clock::now() + patience;
    std::vector<pollfd> waits;
    while (!peers.empty() && Clock::now() < end) {
        waits.clear();
        for (const Peer* peer : peers)
            waits.push_back(
                {peer->socket, static_cast<short>(peer->sent < peer->request.size() ? POLLOUT : POLLIN), 0});
        poll(waits.data(), waits.size(), 1000);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < peers.size(); i++) {
            if (waits[i].revents && !peers[i]->work())
                return false;
            if (!peers[i]->done())
                peers[kept++] = peers[i];
        }
        peers.resize(kept);
    }
    return peers.empty();
}

// So many at a time.
bool finish_in_rows(std::deque<Peer>& peers, std::size_t row) {
    for (std::size_t first = 0; first < peers.size(); first += row) {
        std::vector<Peer*> some;
        for (std::size_t i = first; i < std::min(peers.size(), first + row); i++)
            some.push_back(&peers[i]);
        if (!finish(some))
            return false;
    }
    return true;
}

std::string bulk(std::string_view text) {
    return std::format("${}\r\n{}\r\n", text.size(), text);
}
std::string request_of(std::initializer_list<std::string_view> words) {
    std::string text = std::format("*{}\r\n", words.size());
    for (const std::string_view word : words)
        text += bulk(word);
    return text;
}

std::string value_of(std::size_t number) {
    return std::format("value {} of a crowd {}", number * 7919, std::string(number % 90, 'x'));
}

bool answers(Peer& peer, std::string question, std::string answer) {
    peer.ask(std::move(question), std::move(answer));
    return finish({&peer}) && peer.right();
}

// A number of INFO.
std::int64_t told(Peer& peer, std::string_view name) {
    peer.ask(request_of({"info"}), std::string(1u << 20, ' ')); // as long as it is
    peer.came.clear();
    const auto end = Clock::now() + patience;
    while (Clock::now() < end && !peer.came.ends_with("\r\n\r\n")) {
        pollfd wait{peer.socket, POLLIN, 0};
        (void)peer.work();
        poll(&wait, 1, 20);
        const std::size_t head = peer.came.find("\r\n");
        if (head != std::string::npos &&
            peer.came.size() >= head + 4 + static_cast<std::size_t>(std::atoll(peer.came.c_str() + 1)))
            break;
    }
    const std::size_t at = peer.came.find(std::string(name) + ":");
    return at == std::string::npos ? -1 : std::atoll(peer.came.c_str() + at + name.size() + 1);
}

// One connection asks, one request at a time.
void measure(Peer& peer, std::string_view what, std::size_t count) {
    std::vector<double> us;
    bool right = true;
    for (std::size_t i = 0; i < count && right; i++) {
        const auto began = Clock::now();
        right = answers(peer, request_of({"get", "measured"}), bulk("one"));
        us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
    }
    std::ranges::sort(us);
    check(std::format("{}: each reply is right", what), right);
    std::println("{}: microseconds a reply, median {:.0f}, p99 {:.0f}, longest {:.0f}, of {}", what, us[us.size() / 2],
                 us[us.size() * 99 / 100], us.back(), us.size());
}

// Connections and memory as before, within a while.
bool comes_back(Peer& peer, std::int64_t clients, std::int64_t memory) {
    constexpr std::int64_t slack = 300 * 1024; // tables that have grown stay
    const auto end = Clock::now() + patience;
    std::int64_t now = 0, used = 0;
    do {
        now = told(peer, "connected_clients");
        used = told(peer, "used_memory");
        if (now == clients && used <= memory + slack)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    } while (Clock::now() < end);
    std::println("connections {}, not {}; memory {}, not {}", now, clients, used, memory);
    return false;
}

void many(Peer& control, std::size_t count) {
    const std::int64_t memory = told(control, "used_memory");
    {
        std::deque<Peer> peers;
        for (std::size_t i = 1; i < count; i++) { // with the one that asks there are COUNT
            peers.emplace_back();
            peers.back().ask("PING\r\n", "+PONG\r\n");
            if (peers.size() % 500 == 0 && !finish({&peers.back()}))
                break;
        }
        check(std::format("{} connections are open at once", count),
              finish_in_rows(peers, 1000) && told(control, "connected_clients") == static_cast<std::int64_t>(count));
        std::println("octets a connection takes of the store's memory: {}",
                     (told(control, "used_memory") - memory) / static_cast<std::int64_t>(count));
        Peer late;
        late.ask("", "-ERR max number of clients reached\r\n");
        check("one more is told that it is one too many", finish({&late}) && late.right());
        measure(control, std::format("one among {} that are silent", count), 2000);
        for (std::size_t i = 0; i < peers.size(); i++)
            peers[i].ask(request_of({"set", std::format("key:{}", i), value_of(i)}), "+OK\r\n");
        check("each sets its key", finish_in_rows(peers, 500) && std::ranges::all_of(peers, &Peer::right));
        for (std::size_t i = 0; i < peers.size(); i++)
            peers[i].ask(request_of({"get", std::format("key:{}", i)}), bulk(value_of(i)));
        check("all ask at the same time, and each gets its own value",
              finish_in_rows(peers, peers.size()) && std::ranges::all_of(peers, &Peer::right));
    }
    check("the keys go", answers(control, request_of({"flushall"}), "+OK\r\n"));
    check("when they have gone, so has their memory", comes_back(control, 1, memory));
}

void slow(Peer& control, std::size_t count) {
    constexpr std::size_t large = 200'000;
    check("a large value", answers(control, request_of({"set", "large", std::string(large, 'l')}), "+OK\r\n"));
    const std::int64_t memory = told(control, "used_memory");
    {
        std::deque<Peer> peers;
        for (std::size_t i = 0; i < count; i++) {
            peers.emplace_back(nullptr, 4096);
            peers.back().ask(request_of({"get", "large"}), "");
        }
        check("they ask for it and do not read", finish_in_rows(peers, 500));
        measure(control, std::format("one beside {} who do not read", count), 1000);
        // Every hundredth reads after all.
        std::vector<Peer*> readers;
        for (std::size_t i = 0; i < count; i += 100) {
            peers[i].expected = bulk(std::string(large, 'l'));
            readers.push_back(&peers[i]);
        }
        check("who reads after all gets it whole",
              finish(readers) && std::ranges::all_of(readers, [](const Peer* peer) { return peer->right(); }));
    }
    check("when they have gone, so has their memory", comes_back(control, 1, memory));
}

// Half of a request, from each.
void begin_requests(std::deque<Peer>& peers, std::size_t count, const char* from) {
    const std::string whole = request_of({"set", "begun", std::string(5000, 'b')});
    for (std::size_t i = 0; i < count; i++) {
        peers.emplace_back(from);
        peers.back().ask(whole.substr(0, 1 + i * 37 % 5000), "");
    }
}

// What breaks off when none of its octets is awaited may be lost on the way, and is not said again: then it is for
// keep-alives to find out.
void ask_peers_soon(Peer& control) {
    check("peers are to be asked soon whether they live",
          answers(control, request_of({"config", "set", "tcp-keepalive", "3"}), "+OK\r\n"));
}

void reset(Peer& control, std::size_t count) {
    ask_peers_soon(control);
    const std::int64_t memory = told(control, "used_memory");
    {
        std::deque<Peer> peers;
        begin_requests(peers, count, nullptr);
        check("they begin requests", finish_in_rows(peers, 500));
        const linger at_once{1, 0};
        for (const Peer& peer : peers)
            setsockopt(peer.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    measure(control, std::format("one beside {} who break off", count), 500);
    check("nothing of what they began happened", answers(control, request_of({"get", "begun"}), "$-1\r\n"));
    check("when they have gone, so has their memory", comes_back(control, 1, memory));
}

void silent(Peer& control, std::size_t count, const char* from) {
    ask_peers_soon(control);
    const std::int64_t memory = told(control, "used_memory");
    std::deque<Peer> peers;
    begin_requests(peers, count, from);
    check("they begin requests", finish_in_rows(peers, 500));
    const auto end = Clock::now() + patience;
    while (Clock::now() < end && told(control, "connected_clients") != static_cast<std::int64_t>(count + 1))
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    check("and are there", Clock::now() < end);
    std::println("they may vanish");
    std::fflush(stdout);
    std::getchar(); // they have
    measure(control, std::format("one beside {} who have vanished", count), 500);
    check("they are missed, and their memory comes back", comes_back(control, 1, memory));
    check("and not who was there all the time", answers(control, request_of({"get", "measured"}), bulk("one")));
}

} // namespace

int main(int count, char** words) {
    if (count < 5) {
        std::println(stderr, "usage: crowd ADDRESS PORT many|slow|reset|silent COUNT [FROM]");
        return 2;
    }
    store.sin_family = AF_INET;
    store.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[2])));
    inet_pton(AF_INET, words[1], &store.sin_addr);
    const std::string_view what = words[3];
    const auto peers = static_cast<std::size_t>(std::atoll(words[4]));
    Peer control;
    check("the one that asks", answers(control, request_of({"set", "measured", "one"}), "+OK\r\n"));
    if (what == "many")
        many(control, peers);
    else if (what == "slow")
        slow(control, peers);
    else if (what == "reset")
        reset(control, peers);
    else if (what == "silent" && count > 5)
        silent(control, peers, words[5]);
    else
        check("something to do", false);
    return failures > 0;
}
