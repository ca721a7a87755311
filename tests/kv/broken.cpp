// Peers that send what is no request: requests with octets changed, lost, doubled and put in, from a printed seed. To
// each the server says whole replies and nothing else, an error of the protocol last if there is one, and ends the
// connection; whoever behaves is served meanwhile. A line a check.
// Usage:
//   broken PORT SECONDS [SEED]
#include <arpa/inet.h>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <format>
#include <hiredis/hiredis.h>
#include <print>
#include <random>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

std::mt19937_64 generator;

std::size_t below(std::size_t count) {
    return generator() % count;
}
template <typename List>
auto& one_of(List& list) {
    return list[below(std::size(list))];
}

std::string request(const Words& words) {
    std::string text = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words)
        text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    return text;
}

// Requests that are right; none waits, and none that a few changed octets make of it ends the server.
std::string requests() {
    static const Words commands[] = {{"SET", "key", "value"},
                                     {"GET", "key"},
                                     {"PING"},
                                     {"LPUSH", "list", "a", "b"},
                                     {"LRANGE", "list", "0", "9"},
                                     {"HSET", "hash", "field", "1"},
                                     {"HGETALL", "hash"},
                                     {"INCR", "number"},
                                     {"DEL", "list"},
                                     {"MULTI"},
                                     {"EXEC"},
                                     {"HELLO", "3"},
                                     {"ECHO", std::string(3000, 'e')}};
    std::string text;
    for (std::size_t count = 1 + below(6); count != 0; --count)
        text += below(8) == 0 ? "SET inline \"quoted \\x41\"\r\n" : request(one_of(commands));
    return text;
}

void damage(std::string& text) {
    static const std::string_view pieces[] = {"\r\n",
                                              "*",
                                              "$",
                                              "*-1\r\n",
                                              "$-1\r\n",
                                              "*1000000000\r\n",
                                              "$536870913\r\n",
                                              "$00000005\r\n",
                                              "*2\r\n$3\r\n",
                                              "\"",
                                              "'",
                                              std::string_view("\0", 1),
                                              "99999999999999999999",
                                              "*0\r\n",
                                              "\xff\xfe"};
    for (std::size_t count = 1 + below(4); count != 0 && !text.empty(); --count) {
        const std::size_t at = below(text.size());
        switch (below(6)) {
        case 0:
            text[at] = static_cast<char>(generator());
            break;
        case 1:
            text.erase(at, 1 + below(20));
            break;
        case 2:
            text.insert(at, one_of(pieces));
            break;
        case 3:
            text.insert(at, text.substr(below(text.size()), below(40)));
            break;
        case 4:
            text.resize(at);
            break;
        default:
            text[at] = static_cast<char>('0' + below(10));
        }
    }
}

// Replies of RESP2 and RESP3 in a text.
class Replies {
public:
    explicit Replies(std::string_view text) : rest_(text) {}

    // Takes all of them; false: something is none, or not whole, or follows an error of the protocol.
    bool take_all() {
        while (!rest_.empty()) {
            const bool last = rest_.starts_with("-ERR Protocol error: ");
            if (!take())
                return false;
            if (last)
                return rest_.empty();
        }
        return true;
    }

private:
    bool take() {
        const std::size_t end = rest_.find("\r\n");
        if (end == rest_.npos || end == 0)
            return false;
        const char type = rest_[0];
        long long count = 0;
        const auto [at, error] = std::from_chars(rest_.data() + 1, rest_.data() + end, count);
        const bool is_number = error == std::errc() && at == rest_.data() + end;
        rest_.remove_prefix(end + 2);
        switch (type) {
        case '+':
        case '-':
        case '_':
        case ',':
        case '#':
        case '(':
            return true;
        case ':':
            return is_number;
        case '$':
        case '=':
            return is_number && (count == -1 || take_octets(static_cast<std::size_t>(count)));
        case '*':
        case '~':
        case '>':
            return is_number && take_items(count);
        case '%':
            return is_number && take_items(2 * count);
        default:
            return false;
        }
    }
    bool take_octets(std::size_t count) {
        if (rest_.size() < count + 2 || rest_.substr(count, 2) != "\r\n")
            return false;
        rest_.remove_prefix(count + 2);
        return true;
    }
    bool take_items(long long count) {
        for (; count > 0; --count)
            if (!take())
                return false;
        return true;
    }

    std::string_view rest_;
};

// What the server says to octets, until it ends the connection; false: it does not.
bool answered(int port, std::string_view octets, std::string& answer) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    // Safe: as the sockets API has it.
    if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return false;
    while (!octets.empty()) {
        const ssize_t sent = send(socket, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    shutdown(socket, SHUT_WR);
    char buffer[4096];
    ssize_t count;
    while ((count = recv(socket, buffer, sizeof buffer, 0)) > 0)
        answer.append(buffer, static_cast<std::size_t>(count));
    close(socket);
    return count == 0;
}

// Whoever behaves.
bool is_served(redisContext* context) {
    auto* reply = static_cast<redisReply*>(redisCommand(context, "ECHO %s", "still here"));
    const bool served = reply != nullptr && std::string_view(reply->str, reply->len) == "still here";
    freeReplyObject(reply);
    return served;
}

std::string shown(std::string_view text) {
    std::string out;
    for (const char octet : text.substr(0, 400))
        out += octet >= ' ' && octet <= '~' ? std::string(1, octet)
                                            : std::format("\\x{:02x}", static_cast<unsigned char>(octet));
    return out;
}

} // namespace

int main(int count, char** words) {
    if (count < 3 || count > 4) {
        std::println(stderr, "usage: broken PORT SECONDS [SEED]");
        return 64;
    }
    const int port = std::atoi(words[1]);
    const std::uint64_t seed = count == 4 ? std::strtoull(words[3], nullptr, 10) : std::random_device()();
    std::println("seed {}", seed);
    generator.seed(seed);
    const timeval patience{20, 0};
    redisContext* const steady = redisConnectWithTimeout("127.0.0.1", port, patience);
    if (steady == nullptr || steady->err != 0) {
        std::println("FAILED there is no server");
        return 1;
    }
    redisSetTimeout(steady, patience);
    unsigned peers = 0, errors = 0;
    bool right = true, ended = true, served = true;
    for (const auto end = Clock::now() + std::chrono::seconds(std::atoi(words[2]));
         right && ended && served && Clock::now() < end; ++peers) {
        std::string text = requests(), answer;
        damage(text);
        ended = answered(port, text, answer);
        right = Replies(answer).take_all();
        errors += answer.find("-ERR Protocol error: ") != answer.npos;
        served = is_served(steady);
        if (!right || !ended)
            std::println("to {}\ncame {}", shown(text), shown(answer));
    }
    redisFree(steady);
    std::println("{} {} broken peers got whole replies, and {} of them an error of the protocol last",
                 right && errors > 0 ? "ok" : "FAILED", peers, errors);
    std::println("{} each connection was ended", ended ? "ok" : "FAILED");
    std::println("{} who behaved was served all the time", served ? "ok" : "FAILED");
    return right && ended && served && errors > 0 ? 0 : 1;
}
