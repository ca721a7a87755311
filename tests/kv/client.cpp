// A client of hiredis, and peers that behave badly beside it: what a store must bear from outside. A line a check.
// Usage:
//   client [ADDRESS] PORT
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <format>
#include <hiredis/hiredis.h>
#include <memory>
#include <print>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

std::string address = "127.0.0.1";
int port;
int failures;

void check(std::string_view name, bool holds) {
    std::println("{} {}", holds ? "ok" : "FAILED", name);
    failures += !holds;
}

struct Closing {
    void operator()(redisContext* context) const { redisFree(context); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Context = std::unique_ptr<redisContext, Closing>;
using Reply = std::unique_ptr<redisReply, Closing>;

Context connected() {
    const timeval patience{60, 0};
    Context context(redisConnectWithTimeout(address.c_str(), port, patience));
    if (!context || context->err) {
        std::println("FAILED to connect: {}", context ? context->errstr : "no memory");
        std::exit(1);
    }
    redisSetTimeout(context.get(), patience);
    return context;
}

Reply taken(const Context& context) {
    void* reply = nullptr;
    if (redisGetReply(context.get(), &reply) != REDIS_OK)
        return nullptr;
    return Reply(static_cast<redisReply*>(reply)); // Safe: as hiredis has it.
}

Reply ask(const Context& context, const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    redisAppendCommandArgv(context.get(), static_cast<int>(words.size()), texts.data(), sizes.data());
    return taken(context);
}

bool is_text(const Reply& reply, int type, std::string_view text) {
    return reply && reply->type == type && std::string_view(reply->str, reply->len) == text;
}
bool is_ok(const Reply& reply) {
    return is_text(reply, REDIS_REPLY_STATUS, "OK");
}

// Octets that follow from a place and a number, so that what comes back in the wrong order shows.
std::string pattern(std::size_t size, unsigned number) {
    std::string text(size, ' ');
    for (std::size_t index = 0; index < size; index++)
        text[index] = static_cast<char>((index * 2654435761u + number * 40503u) >> 11);
    return text;
}

// `room`: octets that the host takes for a reader who does not; 0: as many as it likes.
int raw_socket(int room = 0) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (room)
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_in store{};
    store.sin_family = AF_INET;
    store.sin_port = htons(static_cast<std::uint16_t>(port));
    store.sin_addr.s_addr = inet_addr(address.c_str());
    // Safe: as the sockets API has it.
    if (connect(socket, reinterpret_cast<const sockaddr*>(&store), sizeof store) != 0)
        std::exit(1);
    return socket;
}

void send_all(int socket, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t sent = send(socket, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
}

// Octets, as INFO has them.
long long used_memory(const Context& context) {
    constexpr std::string_view name = "used_memory:";
    const Reply reply = ask(context, {"INFO", "memory"});
    const std::string_view text = reply ? std::string_view(reply->str, reply->len) : std::string_view();
    const std::size_t at = text.find(name);
    return at == text.npos ? -1 : std::atoll(text.data() + at + name.size());
}

// hiredis sends all that was asked before it reads a reply.
void long_pipelines() {
    constexpr int requests = 100'000;
    const Context context = connected();
    const long long before = used_memory(context);
    ask(context, {"DEL", "counter"});
    for (int index = 0; index < requests; index++)
        redisAppendCommand(context.get(), "INCR counter");
    bool in_order = true;
    for (long long expected = 1; in_order && expected <= requests; expected++) {
        const Reply reply = taken(context);
        in_order = reply && reply->type == REDIS_REPLY_INTEGER && reply->integer == expected;
    }
    check("a pipeline of 100,000: every reply, in order", in_order);

    const std::string value = pattern(100, 5);
    ask(context, {"SET", "small", value});
    for (int index = 0; index < requests; index++)
        redisAppendCommand(context.get(), "GET small");
    bool same = true;
    for (int index = 0; same && index < requests; index++)
        same = is_text(taken(context), REDIS_REPLY_STRING, value);
    check("a pipeline of 100,000 with longer replies: every one", same);
    const long long after = used_memory(context);
    check("and what pipelines took is free again", before > 0 && after > 0 && after < before + 100'000);
}

void large_values() {
    const Context context = connected();
    bool same = true;
    for (unsigned number = 0; number < 3; number++) {
        const std::string value = pattern((4u << 20) + number * 777, number);
        same = same && is_ok(ask(context, {"SET", "big", value}));
        same = same && is_text(ask(context, {"GET", "big"}), REDIS_REPLY_STRING, value);
    }
    check("values of 4 MiB, octet for octet", same);
    check("a value with every octet in its key",
          is_ok(ask(context, {"SET", std::string("\0\r\n", 3), "x"})) &&
              is_text(ask(context, {"GET", std::string("\0\r\n", 3)}), REDIS_REPLY_STRING, "x"));
    ask(context, {"DEL", "big"});
}

void vanishing_clients() {
    for (int index = 0; index < 60; index++) {
        const int socket = raw_socket();
        send_all(socket, index % 3 == 0   ? "*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$1000\r\nabc"
                         : index % 3 == 1 ? "*2\r\n$3\r\nGET\r\n$3\r\n"
                                          : "*2\r\n$3\r\nGET\r\n$5\r\nchunk\r\n");
        if (index % 2) {
            const linger at_once{1, 0}; // a reset, not an end
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        close(socket);
    }
    const Context context = connected();
    check("clients that vanish in a request change nothing",
          ask(context, {"EXISTS", "half"})->integer == 0 &&
              is_text(ask(context, {"PING"}), REDIS_REPLY_STATUS, "PONG"));
    bool gone = false;
    for (int tries = 0; !gone && tries < 100; tries++) {
        const Reply list = ask(context, {"CLIENT", "LIST"});
        gone = list && std::string_view(list->str, list->len).find('\n') == list->len - 1;
        if (!gone)
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    check("and their connections are gone", gone);
}

// Peers that ask for much and read nothing, while others are served; what they read at last is right.
void slow_readers() {
    constexpr std::size_t chunk_size = 100'000, chunks = 60, readers = 8;
    const std::string chunk = pattern(chunk_size, 9);
    const Context context = connected();
    ask(context, {"SET", "chunk", chunk});
    std::string requests, expected = std::format("${}\r\n", chunk_size) + chunk + "\r\n";
    for (std::size_t index = 0; index < chunks; index++)
        requests += "*2\r\n$3\r\nGET\r\n$5\r\nchunk\r\n";
    std::vector<int> sockets;
    for (std::size_t index = 0; index < readers; index++) {
        sockets.push_back(raw_socket(32 * 1024));
        send_all(sockets.back(), requests);
    }
    bool served = true;
    for (int index = 0; served && index < 500; index++)
        served = is_text(ask(context, {"ECHO", "still here"}), REDIS_REPLY_STRING, "still here");
    check("beside slow readers others are served", served);
    check("with replies longer than a packet, too", is_text(ask(context, {"GET", "chunk"}), REDIS_REPLY_STRING, chunk));
    bool same = true;
    for (const int socket : sockets) {
        const timeval patience{30, 0};
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        for (std::size_t index = 0; same && index < chunks; index++) {
            std::string got(expected.size(), ' ');
            same = recv(socket, got.data(), got.size(), MSG_WAITALL) == static_cast<ssize_t>(got.size()) &&
                   got == expected;
        }
        close(socket);
    }
    check("what a slow reader reads at last is right", same);
    ask(context, {"DEL", "chunk"});
}

void passwords() {
    const Context context = connected(), other = connected();
    ask(other, {"PING"}); // the store has it: forwarding alone answers a connection, too
    ask(context, {"CONFIG", "SET", "requirepass", "right"});
    const Context late = connected();
    check("without a password: NOAUTH",
          is_text(ask(late, {"GET", "key"}), REDIS_REPLY_ERROR, "NOAUTH Authentication required."));
    check("a wrong password: WRONGPASS", is_text(ask(late, {"AUTH", "wrong"}), REDIS_REPLY_ERROR,
                                                 "WRONGPASS invalid username-password pair or user is disabled."));
    check("still nothing", is_text(ask(late, {"GET", "key"}), REDIS_REPLY_ERROR, "NOAUTH Authentication required."));
    check("the right one", is_ok(ask(late, {"AUTH", "right"})) && is_ok(ask(late, {"SET", "key", "value"})));
    check("who was there before goes on", is_text(ask(other, {"PING"}), REDIS_REPLY_STATUS, "PONG"));
    ask(context, {"CONFIG", "SET", "requirepass", ""});
}

void channels() {
    const Context listener = connected(), sender = connected();
    const Reply said = ask(listener, {"SUBSCRIBE", "news"});
    check("SUBSCRIBE is confirmed",
          said && said->type == REDIS_REPLY_ARRAY && said->elements == 3 && said->element[2]->integer == 1);
    check("PUBLISH says how many got it", ask(sender, {"PUBLISH", "news", "hello"})->integer == 1);
    const Reply message = taken(listener);
    check("and the message is there",
          message && message->elements == 3 &&
              std::string_view(message->element[2]->str, message->element[2]->len) == "hello");

    const int deaf = raw_socket(32 * 1024);
    send_all(deaf, "*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nnoise\r\n");
    long long listeners = 0;
    for (int tries = 0; listeners == 0 && tries < 100; tries++) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        listeners = ask(sender, {"PUBSUB", "NUMSUB", "noise"})->element[1]->integer;
    }
    const std::string noise(1 << 20, 'n');
    int sent = 0;
    for (; listeners == 1 && sent < 100; sent++)
        listeners = ask(sender, {"PUBLISH", "noise", noise})->integer;
    check("a subscriber that takes nothing gets many messages first", sent > 8);
    check("and is ended then", listeners == 0);
    check("the others are still served", is_text(ask(sender, {"PING"}), REDIS_REPLY_STATUS, "PONG"));
    close(deaf);
}

// What the server says to octets that are no request, before it closes.
std::string answer_to(std::string_view octets) {
    const int socket = raw_socket();
    const timeval patience{20, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    send_all(socket, octets);
    std::string text;
    char buffer[1000];
    ssize_t count;
    while ((count = recv(socket, buffer, sizeof buffer, 0)) > 0)
        text.append(buffer, static_cast<std::size_t>(count));
    close(socket);
    return count == 0 ? text : text + " (it was not closed)";
}

void broken_requests() {
    check("a length that is none", answer_to("*1\r\n$x\r\n") == "-ERR Protocol error: invalid bulk length\r\n");
    check("a count that is none", answer_to("*x\r\n") == "-ERR Protocol error: invalid multibulk length\r\n");
    check("a number where a length must be",
          answer_to("*1\r\n:1\r\n") == "-ERR Protocol error: expected '$', got ':'\r\n");
    check("quotes that do not end",
          answer_to("GET \"key\r\n") == "-ERR Protocol error: unbalanced quotes in request\r\n");
}

} // namespace

int main(int count, char** words) {
    if (count != 2 && count != 3) {
        std::println(stderr, "usage: client [ADDRESS] PORT");
        return 64;
    }
    if (count == 3)
        address = words[1];
    port = std::atoi(words[count - 1]);
    long_pipelines();
    large_values();
    vanishing_clients();
    slow_readers();
    passwords();
    channels();
    broken_requests();
    return failures != 0;
}
