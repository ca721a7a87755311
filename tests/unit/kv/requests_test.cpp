// Requests as they come: whole, in pieces, many at once, and wrong. What comes octet by octet is read by another part
// of the parser than what comes at once; both have to say the same.
#include "tests/unit/kv/client.hpp"

#include <doctest/doctest.h>

using namespace kv_test;

namespace {

// What one who sends the pieces is told, and whether he is dropped.
struct Answer {
    std::string said;
    bool is_over;
    bool operator==(const Answer&) const = default;
};

Answer answer_to(std::initializer_list<std::string_view> pieces) {
    Server server(surroundings());
    Client client(server);
    Answer answer{};
    for (const std::string_view piece : pieces)
        if (!client.session->closing && !client.session->broken) {
            server.input(client.session, piece);
            answer.said += client.take();
        }
    answer.is_over = client.session->closing || client.session->broken;
    return answer;
}

Answer answer_to_octets(std::string_view text) {
    Server server(surroundings());
    Client client(server);
    Answer answer{};
    for (std::size_t at = 0; at < text.size() && !client.session->closing && !client.session->broken; at++) {
        server.input(client.session, text.substr(at, 1));
        answer.said += client.take();
    }
    answer.is_over = client.session->closing || client.session->broken;
    return answer;
}

} // namespace

TEST_CASE("kv requests: a row of them is answered alike wherever it is cut") {
    const std::string nine(9, 'a'), ten(10, 'b'), most(99, 'c'), more(100, 'd');
    std::string row;
    for (const std::string& value : {std::string(), nine, ten, most, more})
        row += request({"SET", "key", value}) + request({"GET", "key"});
    row += "PING\r\n" + request({"MGET", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"}) +
           request({"MGET", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "g"}) +
           "*0\r\n" + request({"ECHO", "end"});
    const Answer whole = answer_to({row});
    CHECK(whole.said.ends_with("$3\r\nend\r\n"));
    CHECK_FALSE(whole.is_over);
    for (std::size_t at = 0; at <= row.size(); at++)
        REQUIRE(answer_to({std::string_view(row).substr(0, at), std::string_view(row).substr(at)}) == whole);
    CHECK(answer_to_octets(row) == whole);
}

TEST_CASE(
    "kv requests: values of every size up to two lines of a cache come back, and nothing beside them is changed") {
    constexpr std::size_t sizes = 130;
    Server server(surroundings());
    Client client(server);
    std::string asked, expected;
    for (std::size_t size = 0; size <= sizes; size++) {
        std::string value;
        for (std::size_t at = 0; at < size; at++)
            value += static_cast<char>('a' + (at * 7 + size) % 26);
        client.ask({"SET", std::format("k{}", size), value});
        asked += request({"GET", std::format("k{}", size)});
        expected += std::format("${}\r\n{}\r\n", size, value);
    }
    server.input(client.session, asked);
    CHECK(client.take() == expected);
}

TEST_CASE("kv requests: lines that are nearly right are taken or refused alike, at once and by octets") {
    const std::string first = request({"PING"}); // of a connection it is not read at once
    const std::string good = first + "*2\r\n$4\r\nECHO\r\n$12\r\nabcdefghijkl\r\n*1\r\n$4\r\nPING\r\n";
    for (std::size_t at = 0; at < good.size(); at++)
        for (const char octet : std::string_view("0129:;/?*$\r\n -p\x80\xb2")) {
            std::string bad = good;
            bad[at] = octet;
            CAPTURE(bad);
            REQUIRE(answer_to({bad}) == answer_to_octets(bad));
        }
    for (const char* line : {"*01\r\n$4\r\nPING\r\n", "*1\r\n$04\r\nPING\r\n", "*1\r\n$4\rPING\r\n",
                             "*1\r\n$-1\r\nPING\r\n", "*+1\r\n$4\r\nPING\r\n", "*1\r\n$0\r\n\r\n", "*00\r\n", "*10\r\n",
                             "*-1\r\n", "*1\r\n", "*1\r\n$99999999999999999999\r\n", "*999999999999\r\n",
                             "*1\r\n$:\r\nabcdefghij\r\n", "*;\r\n$4\r\nPING\r\n"}) {
        const std::string text = first + line + request({"PING"});
        CAPTURE(text);
        CHECK(answer_to({text}) == answer_to_octets(text));
    }
}

TEST_CASE("kv requests: what comes behind a command that waits is kept, and runs when it is done") {
    Server server(surroundings());
    Client waiter(server), other(server);
    server.input(waiter.session, request({"BLPOP", "list", "0"}) + request({"ECHO", "behind"}) + "*2\r\n$4\r\nEC");
    CHECK(waiter.take().empty());
    server.input(waiter.session, "HO\r\n$5\r\nlater\r\n");
    CHECK(waiter.take().empty());
    other.ask({"RPUSH", "list", "element"});
    CHECK(waiter.take() == "*2\r\n$4\r\nlist\r\n$7\r\nelement\r\n$6\r\nbehind\r\n$5\r\nlater\r\n");
    CHECK(waiter.session->input.empty());
}

TEST_CASE("kv requests: only what is not whole is kept") {
    Server server(surroundings());
    Client client(server);
    server.input(client.session, request({"PING"}) + request({"PING"}));
    CHECK(client.session->input.room() == 0);
    server.input(client.session, request({"PING"}) + "*1\r\n$4\r\nPI");
    CHECK(client.session->input.view() == "*1\r\n$4\r\nPI");
    server.input(client.session, "NG\r\n");
    CHECK(client.session->input.empty());
    CHECK(client.take() == "+PONG\r\n+PONG\r\n+PONG\r\n+PONG\r\n");
}

TEST_CASE("kv requests: a limit of output that is set lower holds at once") {
    Server server(surroundings());
    Client client(server);
    client.ask({"SET", "key", std::string(2000, 'v')});
    CHECK(client.ask({"CONFIG", "SET", "client-output-buffer-limit", "normal 1000 0 0"}) == "+OK\r\n");
    server.input(client.session, request({"GET", "key"}));
    CHECK(client.session->broken);
}
