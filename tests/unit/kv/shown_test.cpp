// Replies that show values where they lie: what arrives is what was there when the command ran, whatever has become of
// the key since, and octet for octet what a connection gets whose replies are copied.
#include "tests/unit/kv/client.hpp"

#include <format>
#include <functional>
#include <memory>
#include <vector>

using namespace kv_test;

namespace {

constexpr std::size_t shown_min = 600; // values of blocks of their own are from 513 octets on

std::string octets_of(std::size_t size, char salt) {
    std::string octets(size, salt);
    for (std::size_t at = 0; at < size; at++)
        octets[at] = static_cast<char>(salt + at % 23 + at / 977);
    return octets;
}
std::string bulk(const std::string& octets) {
    return std::format("${}\r\n{}\r\n", octets.size(), octets);
}

struct Reader : Client {
    explicit Reader(Server& its) : Client(its) { session->show_values(shown_min); }
    void send(std::initializer_list<std::string_view> words) { server.input(session, request(words)); }
};

void expire(Client& client) {
    client.ask({"PEXPIRE", "key", "5"});
    now_us += 10'000;
    for (int turns = 0; turns < 100 && client.ask({"DBSIZE"}) != ":0\r\n"; turns++)
        client.server.tick();
}
void evict(Client& client) {
    client.ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-random"});
    client.ask({"CONFIG", "SET", "maxmemory", "1"});
    client.ask({"SET", "other", "value"});
    client.ask({"CONFIG", "SET", "maxmemory", "0"});
    REQUIRE(client.ask({"EXISTS", "key"}) == ":0\r\n");
}

using Change = std::function<void(Client&)>;
Change words(std::initializer_list<std::string_view> words) {
    return [kept = std::vector<std::string>(words.begin(), words.end())](Client& client) {
        std::string text = std::format("*{}\r\n", kept.size());
        for (const std::string& word : kept)
            text += bulk(word);
        client.server.input(client.session, text);
        REQUIRE(!client.take().starts_with('-'));
    };
}

} // namespace

TEST_CASE("kv shown: a value arrives as it was, whatever becomes of its key") {
    const MemoryCheck check;
    const std::string value = octets_of(5000, 'a'), other = octets_of(5000, 'k');
    const std::vector<std::pair<const char*, Change>> changes = {
        {"DEL", words({"DEL", "key"})},
        {"UNLINK", words({"UNLINK", "key"})},
        {"SET of the same size", words({"SET", "key", other})},
        {"SET of another size", words({"SET", "key", "short"})},
        {"GETSET", words({"GETSET", "key", other})},
        {"GETDEL", words({"GETDEL", "key"})},
        {"APPEND", words({"APPEND", "key", other})},
        {"SETRANGE within", words({"SETRANGE", "key", "100", "other"})},
        {"SETRANGE beyond", words({"SETRANGE", "key", "9000", "other"})},
        {"SETBIT", words({"SETBIT", "key", "77", "1"})},
        {"RENAME", words({"RENAME", "key", "elsewhere"})},
        {"RENAME onto it", words({"RENAME", "another", "key"})},
        {"COPY onto it", words({"COPY", "another", "key", "REPLACE"})},
        {"EXPIREAT in the past", words({"EXPIREAT", "key", "1"})},
        {"FLUSHDB", words({"FLUSHDB"})},
        {"FLUSHALL", words({"FLUSHALL"})},
        {"SWAPDB", words({"SWAPDB", "0", "1"})},
        {"expiry", expire},
        {"eviction", evict},
    };
    for (const auto& [name, change] : changes) {
        CAPTURE(name);
        auto server = std::make_unique<Server>(surroundings());
        Reader reader(*server), late(*server);
        Client writer(*server);
        writer.ask({"SET", "key", value});
        writer.ask({"SET", "another", "word"});
        reader.send({"GET", "key"});
        REQUIRE(reader.session->shown.octets() == value.size());
        reader.session->sent(reader.session->to_send().size());
        reader.session->sent(1000); // it is half on its way
        change(writer);
        late.send({"GET", "key"});
        const std::string now = writer.ask({"GET", "key"});
        CHECK(reader.take() == bulk(value).substr(bulk(value).find('\n') + 1 + 1000));
        CHECK(late.take() == now);
    }
}

TEST_CASE("kv shown: many readers of one value cost its memory once, and none who leaves keeps it") {
    const MemoryCheck check;
    Server server(surroundings());
    Client writer(server);
    const std::string value = octets_of(1 << 20, 'v');
    writer.ask({"SET", "key", value});
    std::vector<std::unique_ptr<Reader>> readers;
    for (int count = 0; count < 10; count++)
        readers.push_back(std::make_unique<Reader>(server));
    const std::size_t before = used_bytes();
    for (auto& reader : readers)
        reader->send({"GET", "key"});
    CHECK(used_bytes() < before + 10'000);
    CHECK(readers[0]->session->unsent() > value.size());
    writer.ask({"DEL", "key"});
    CHECK(used_bytes() + 10'000 > before);
    for (std::size_t index = 1; index < readers.size(); index++)
        server.close(readers[index]->session);
    CHECK(used_bytes() + 100'000 > before);
    CHECK(readers[0]->take() == bulk(value));
    CHECK(used_bytes() + value.size() < before + 10'000);
}

TEST_CASE("kv shown: a change of a value that nobody waits for is made in its place") {
    Server server(surroundings());
    Reader reader(server);
    reader.ask({"SET", "key", octets_of(1 << 20, 'v')});
    reader.ask({"SETBIT", "key", "1", "1"});
    const char* place = server.databases[0].find("key")->word().block->view().data();
    CHECK(reader.ask({"GET", "key"}).size() > 1 << 20);
    reader.ask({"SETBIT", "key", "2", "1"});
    CHECK(server.databases[0].find("key")->word().block->view().data() == place);
}

TEST_CASE("kv shown: small values, and small parts, are copied") {
    Server server(surroundings());
    Reader reader(server);
    reader.ask({"SET", "small", octets_of(shown_min - 1, 's')});
    reader.ask({"SET", "large", octets_of(shown_min, 'l')});
    reader.send({"GET", "small"});
    reader.send({"GETRANGE", "large", "1", "-1"});
    CHECK(reader.session->shown.empty());
    reader.send({"GET", "large"});
    CHECK(reader.session->shown.octets() == shown_min);
}

// Two connections ask the same; one gets copies at once, the other one takes pieces of any size now and then.
TEST_CASE("kv shown: octet for octet what is copied") {
    const MemoryCheck check;
    Dice dice;
    Server server(surroundings());
    Client copied(server), writer(server);
    Reader shown(server);
    std::string wanted, got;
    bool was_shown = false;
    const auto name = [&] { return dice.name(6); };
    for (int step = 0; step < 6000; step++) {
        const std::string key = name(), value = octets_of(dice.below(dice.one_in(3) ? 9000 : 900), 'a');
        switch (dice.below(5)) {
        case 0:
            writer.ask({"SET", key, value});
            break;
        case 1:
            writer.ask({"APPEND", key, value});
            break;
        case 2:
            writer.ask({"SETRANGE", key, std::to_string(dice.below(9000)), value});
            break;
        case 3:
            writer.ask({"SETBIT", key, std::to_string(dice.below(70'000)), dice.one_in(2) ? "1" : "0"});
            break;
        default:
            writer.ask({dice.one_in(4) ? "FLUSHALL" : "DEL", key});
        }
        std::string question;
        for (std::size_t count = dice.below(8); count; count--) {
            const std::string one = name(), another = name();
            const std::string from = std::to_string(dice.below(3000));
            const std::initializer_list<std::string_view> questions[] = {{"GET", one},
                                                                         {"MGET", one, another, one},
                                                                         {"GETRANGE", one, from, "-1"},
                                                                         {"GET"},
                                                                         {"MULTI"},
                                                                         {"EXEC"},
                                                                         {"KEYS", "*"},
                                                                         {"STRLEN", one},
                                                                         {"GETEX", one},
                                                                         {"SUBSTR", one, "0", "4000"},
                                                                         {"SCAN", "0"},
                                                                         {"CLIENT", "REPLY", "SKIP"},
                                                                         {"COMMAND", "GETKEYS", "GET", one},
                                                                         {"ECHO", one}};
            question += request(questions[dice.below(std::size(questions))]);
        }
        server.input(copied.session, question);
        server.input(shown.session, question);
        wanted += copied.take();
        was_shown |= !shown.session->shown.empty();
        for (std::size_t pieces = dice.below(8); pieces; pieces--) {
            const auto next = shown.session->to_send();
            const std::size_t size = dice.one_in(3) ? dice.below(next.size() + 1) : next.size();
            got += next.substr(0, size);
            shown.session->sent(size);
        }
        REQUIRE(shown.session->unsent() == wanted.size() - got.size());
        if (dice.one_in(20)) {
            got += shown.take();
            REQUIRE((got == wanted));
            wanted.clear();
            got.clear();
            const int version = dice.one_in(2) ? 2 : 3;
            copied.session->reply.set_version(version);
            shown.session->reply.set_version(version);
        }
    }
    CHECK(was_shown);
    got += shown.take();
    CHECK((got == wanted));
}

TEST_CASE("kv shown: what waits for the journal, and what is taken back, takes its values along") {
    const MemoryCheck check;
    const std::string value = octets_of(3000, 'w');
    SharedText* text = SharedText::create(value);
    {
        Session session(1);
        session.show_values(100);
        session.is_durable = true;
        session.reply.bulk(*text, text->view());
        session.judge(0);
        session.reply.bulk(*text, text->view().substr(1000));
        session.reply.ok();
        session.judge(7);
        std::string got;
        for (auto part = session.to_send(); !part.empty(); part = session.to_send()) {
            got += part;
            session.sent(part.size());
        }
        CHECK(got == bulk(value));
        CHECK(session.unsent() == bulk(value.substr(1000)).size() + 5);
        session.cut_output(session.held[0].from);
        CHECK(session.unsent() == 0);
        CHECK_FALSE(text->is_shared());
        session.held.clear();
        // A count that is put before what it counts.
        session.reply.bulk(*text, text->view());
        const std::size_t mark = session.reply.mark();
        session.reply.bulk(*text, text->view());
        session.reply.array_at(mark, 1);
        session.judge(0);
        got.clear();
        for (auto part = session.to_send(); !part.empty(); part = session.to_send()) {
            got += part;
            session.sent(part.size());
        }
        CHECK(got == bulk(value) + "*1\r\n" + bulk(value));
    }
    text->let_go();
}
