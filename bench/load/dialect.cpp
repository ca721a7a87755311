// See dialect.hpp.
#include "bench/load/dialect.hpp"

#include "bench/load/server.hpp"
#include "bench/load/text.hpp"

namespace bench::load {

namespace {

constexpr std::string_view line_end = "\r\n";
static_assert(key_octets == 16 && value_octets == 64 && large_value_octets == 16384); // as said below

// A head of one line. The body that a good beginning announces is there beside `more` octets.
ReplyHead one_line(std::string_view text, std::string_view good, std::size_t number_at, std::size_t more) {
    const std::size_t end = text.find(line_end);
    if (end == text.npos)
        return {};
    ReplyHead head{.octets = end + line_end.size(), .is_good = text.starts_with(good)};
    if (number_at != text.npos && head.is_good)
        head.body = leading_number(text.substr(number_at)) + more;
    return head;
}

// RESP2.
class Redis final : public Dialect {
public:
    std::uint16_t port() const override { return redis_port; }
    std::size_t request(Work work, std::uint32_t key, std::span<char, request_octets_max> into) const override {
        Text text(into);
        if (work != Work::set)
            return text.add("*2\r\n$3\r\nGET\r\n$16\r\n").add_key(key).add(line_end).size();
        text.add("*3\r\n$3\r\nSET\r\n$16\r\n").add_key(key).add("\r\n$64\r\n");
        return text.add_value(key).add(line_end).size();
    }
    ReplyHead head(Work work, std::string_view text) const override {
        if (work == Work::get)
            return one_line(text, "$64\r\n", 1, line_end.size());
        if (work == Work::get_large)
            return one_line(text, "$16384\r\n", 1, line_end.size());
        return one_line(text, "+OK\r\n", text.npos, 0);
    }
};

// Its ASCII protocol, a request a key.
class Memcached final : public Dialect {
public:
    std::uint16_t port() const override { return memcached_port; }
    std::size_t request(Work work, std::uint32_t key, std::span<char, request_octets_max> into) const override {
        Text text(into);
        if (work == Work::get)
            return text.add("get ").add_key(key).add(line_end).size();
        return text.add("set ").add_key(key).add(" 0 0 64\r\n").add_value(key).add(line_end).size();
    }
    ReplyHead head(Work work, std::string_view text) const override {
        constexpr std::string_view value = "VALUE ", end = "\r\nEND\r\n";
        if (work == Work::get) // VALUE KEY 0 64
            return one_line(text, value, value.size() + key_octets + 3, end.size());
        return one_line(text, "STORED\r\n", text.npos, 0);
    }
};

// HTTP/1.1 on connections that are kept; the document's name is the key's text.
class Http final : public Dialect {
public:
    std::uint16_t port() const override { return http_port; }
    std::size_t request(Work, std::uint32_t key, std::span<char, request_octets_max> into) const override {
        return Text(into).add("GET /").add_key(key).add(" HTTP/1.1\r\nHost: bench\r\n\r\n").size();
    }
    ReplyHead head(Work, std::string_view text) const override {
        constexpr std::string_view end = "\r\n\r\n", length = "\r\nContent-Length: ";
        const std::size_t at = text.find(end);
        if (at == text.npos)
            return {};
        const std::string_view lines = text.substr(0, at + end.size());
        const std::size_t length_at = lines.find(length);
        if (length_at == lines.npos)
            return {.octets = lines.size(), .is_good = false};
        return {.octets = lines.size(),
                .body = leading_number(lines.substr(length_at + length.size())),
                .is_good = lines.starts_with("HTTP/1.1 200 ")};
    }
};

constexpr Redis the_redis;
constexpr Memcached the_memcached;
constexpr Http the_http;

} // namespace

const Dialect& redis = the_redis;
const Dialect& memcached = the_memcached;
const Dialect& http = the_http;

void write_key(std::uint32_t key, std::span<char, key_octets> into) {
    constexpr std::string_view name = "key:";
    std::copy(name.begin(), name.end(), into.begin());
    for (std::size_t at = key_octets; at-- > name.size(); key /= 10)
        into[at] = static_cast<char>('0' + key % 10);
}

} // namespace bench::load
