// Large values on their way to many readers while another client changes them in every way there is: each that arrives
// is whole, one that was there when its command ran. Lines "ok" and "FAILED"; the last but one line says how many
// octets of values came. Usage: overwrite PORT ROUNDS
#include <cstdint>
#include <cstdlib>
#include <hiredis/hiredis.h>
#include <memory>
#include <print>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t keys = 4, readers_max = 24, gets_a_reader = 4;
constexpr std::size_t value_octets = 150'000; // whole words

using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;
using Connection = std::unique_ptr<redisContext, decltype(&redisFree)>;

int port;
std::mt19937_64 dice(1);
std::uint64_t came, torn, wrong;

std::size_t below(std::size_t limit) {
    return dice() % limit;
}

// A value that says in its first octets what all others are.
std::string value_of(std::uint64_t number) {
    std::string value(value_octets, ' ');
    std::uint64_t word = number * 0x9e37'79b9'7f4a'7c15;
    for (std::size_t at = 0; at < value.size(); at += sizeof word) {
        std::char_traits<char>::copy(value.data() + at, reinterpret_cast<const char*>(&word), sizeof word);
        word = word * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
    }
    return value;
}
bool is_whole(std::string_view value) {
    if (value.size() != value_octets)
        return false;
    std::uint64_t word = 0;
    for (std::size_t at = 0; at < value.size(); at += sizeof word) {
        std::uint64_t here;
        std::char_traits<char>::copy(reinterpret_cast<char*>(&here), value.data() + at, sizeof here);
        if (at != 0 && here != word)
            return false;
        word = here * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
    }
    return true;
}

Connection connect() {
    Connection connection(redisConnect("127.0.0.1", port), redisFree);
    if (!connection || connection->err) {
        std::println("FAILED to connect");
        std::exit(1);
    }
    return connection;
}

void ask(redisContext& writer, const char* command, const std::string& key, const std::string& value) {
    const Reply reply(static_cast<redisReply*>(redisCommand(&writer, command, key.c_str(), value.data(), value.size())),
                      freeReplyObject);
    wrong += !reply || reply->type == REDIS_REPLY_ERROR;
}

// All values have one length, so that SETRANGE of a whole one leaves nothing of the old; what is not whole meanwhile is
// seen by nobody.
void change(redisContext& writer) {
    static std::uint64_t number = 0;
    const std::string key = "shown:" + std::to_string(below(keys)), value = value_of(++number);
    constexpr const char* ways[] = {"SET %s %b", "SETRANGE %s 0 %b", "GETSET %s %b", "DEL %s"};
    const std::size_t way = below(std::size(ways) + 1);
    if (way < std::size(ways))
        return ask(writer, ways[way], key, value);
    for (const char* const command : {"MULTI", "APPEND %s %b", "SETBIT %s 5 1", "SET %s %b", "EXEC"})
        ask(writer, command, key, value);
}

void read_all(redisContext& reader) {
    for (std::size_t get = 0; get < gets_a_reader; get++) {
        void* raw = nullptr;
        if (redisGetReply(&reader, &raw) != REDIS_OK) {
            wrong++;
            return;
        }
        const Reply reply(static_cast<redisReply*>(raw), freeReplyObject);
        if (reply->type != REDIS_REPLY_STRING) {
            wrong += reply->type != REDIS_REPLY_NIL;
            continue;
        }
        came += reply->len;
        torn += !is_whole({reply->str, reply->len});
    }
}

} // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 3)
        return 64;
    port = std::atoi(arguments[1]);
    const int rounds = std::atoi(arguments[2]);
    const Connection writer = connect();
    for (int count = 0; count < 40; count++)
        change(*writer);
    for (int round = 0; round < rounds; round++) {
        std::vector<Connection> readers;
        for (std::size_t count = 1 + below(readers_max); count; count--) {
            readers.push_back(connect());
            for (std::size_t get = 0; get < gets_a_reader; get++)
                redisAppendCommand(readers.back().get(), "GET shown:%d", static_cast<int>(below(keys)));
            int done = 0;
            while (!done && redisBufferWrite(readers.back().get(), &done) == REDIS_OK) {
            }
            change(*writer);
        }
        for (std::size_t count = 0; count < 10; count++)
            change(*writer);
        for (const Connection& reader : readers)
            if (below(8) != 0) // the others leave in the middle of it
                read_all(*reader);
    }
    std::println("{} no command failed", wrong ? "FAILED" : "ok");
    std::println("{} every value that came was whole", torn ? "FAILED" : "ok");
    std::println("octets {}", came);
    return 0;
}
