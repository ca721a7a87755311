// Arrays of bulk strings. Inline requests: inline_request.cpp. Interface: request_parser.hpp.
#include "libos-kv/protocol/request_parser.hpp"

#include "libos-kv/number/integer.hpp"

namespace exo::kv {

namespace {

// The end of a line from `at` on: where its CR is, if an octet follows that.
std::size_t find_line_end(std::string_view input, std::size_t at) {
    for (; at < input.size(); at++)
        if (input[at] == '\r')
            return at;
    return std::string_view::npos;
}

// Reads a number of one or two digits with the end of its line, as nearly every count is. Returns the octets that it
// is; 0: it is something else, or not all there.
std::size_t read_short(std::string_view text, std::int64_t& number) {
    constexpr std::size_t most = 4;
    if (text.size() < most || text[0] < '0' || text[0] > '9')
        return 0;
    number = text[0] - '0';
    if (text[1] == '\r')
        return 3;
    if (number == 0 || text[1] < '0' || text[1] > '9' || text[2] != '\r')
        return 0;
    number = number * 10 + (text[1] - '0');
    return most;
}

} // namespace

RequestParser::Outcome RequestParser::broken(std::string_view problem) {
    problem_size_ = problem.size() < sizeof problem_ ? problem.size() : sizeof problem_;
    copy_bytes(problem_, problem.data(), problem_size_);
    return Outcome::Broken;
}

std::size_t RequestParser::next() {
    const std::size_t octets = at_;
    at_ = 0;
    remaining_ = bulk_ = -1;
    places_.clear();
    arguments_.clear();
    unquoted_.clear();
    return octets;
}

RequestParser::Outcome RequestParser::parse(std::string_view input, bool authenticated) {
    if (remaining_ < 0) {
        if (input.empty())
            return Outcome::Incomplete;
        if (input.front() != '*')
            return parse_inline(input);
        if (const Outcome outcome = parse_count(input, authenticated); outcome != Outcome::Request)
            return outcome;
    }
    while (remaining_ > 0)
        if (const Outcome outcome = parse_bulk(input, authenticated); outcome != Outcome::Request)
            return outcome;
    for (const Place& place : places_)
        arguments_.push(input.substr(place.at, place.size));
    return Outcome::Request;
}

RequestParser::Outcome RequestParser::parse_count(std::string_view input, bool authenticated) {
    std::int64_t few = 0;
    if (const std::size_t octets = read_short(input.substr(1), few);
        octets != 0 && (authenticated || few <= unauthenticated_arguments_max)) {
        at_ = 1 + octets;
        remaining_ = few;
        return Outcome::Request;
    }
    const std::size_t end = find_line_end(input, 1);
    if (end == std::string_view::npos)
        return input.size() > inline_octets_max ? broken("too big mbulk count string") : Outcome::Incomplete;
    if (end + 2 > input.size())
        return Outcome::Incomplete;
    const auto count = parse_integer(input.substr(1, end - 1));
    if (!count || *count > arguments_max)
        return broken("invalid multibulk length");
    if (*count > unauthenticated_arguments_max && !authenticated)
        return broken("unauthenticated multibulk length");
    at_ = end + 2;
    remaining_ = *count > 0 ? *count : 0;
    return Outcome::Request;
}

RequestParser::Outcome RequestParser::parse_length(std::string_view input, bool authenticated) {
    const std::size_t end = find_line_end(input, at_);
    if (end == std::string_view::npos)
        return input.size() - at_ > inline_octets_max ? broken("too big bulk count string") : Outcome::Incomplete;
    if (end + 2 > input.size())
        return Outcome::Incomplete;
    if (input[at_] != '$') {
        char text[] = "expected '$', got ' '";
        text[sizeof text - 3] = input[at_];
        return broken({text, sizeof text - 1});
    }
    const auto size = parse_integer(input.substr(at_ + 1, end - at_ - 1));
    if (!size || *size < 0 || *size > bulk_max_)
        return broken("invalid bulk length");
    if (*size > unauthenticated_bulk_max && !authenticated)
        return broken("unauthenticated bulk length");
    at_ = end + 2;
    bulk_ = *size;
    return Outcome::Request;
}

RequestParser::Outcome RequestParser::parse_bulk(std::string_view input, bool authenticated) {
    if (bulk_ < 0) {
        std::int64_t few = 0;
        std::size_t octets = 0;
        if (at_ < input.size() && input[at_] == '$')
            octets = read_short(input.substr(at_ + 1), few);
        if (octets != 0 && few <= bulk_max_) {
            at_ += 1 + octets;
            bulk_ = few;
        } else if (const Outcome outcome = parse_length(input, authenticated); outcome != Outcome::Request)
            return outcome;
    }
    const auto size = static_cast<std::size_t>(bulk_);
    if (input.size() < at_ + size + 2)
        return Outcome::Incomplete;
    places_.push(at_, size);
    at_ += size + 2;
    bulk_ = -1;
    remaining_--;
    return Outcome::Request;
}

} // namespace exo::kv
