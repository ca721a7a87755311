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

constexpr unsigned digit(char octet) {
    return static_cast<unsigned char>(octet) - unsigned{'0'};
}
constexpr bool is_digit(char octet) {
    return digit(octet) <= 9;
}

// Four octets as they lie in a word.
constexpr std::uint32_t word_of(unsigned first, unsigned second, unsigned third, unsigned fourth) {
    return first | second << 8 | third << 16 | fourth << 24;
}

// Reads a line of a type and a number of one digit or two; how many octets it has. 0: it is another one. Of the line
// there are four octets at least, which are looked at as one word: of a digit, what all digits share, and then the
// rest.
[[gnu::always_inline]] inline std::size_t read_short(unsigned type, const char* at, std::size_t& number) {
    constexpr unsigned all = 0xff, shared = 0xf0;
    std::uint32_t word;
    __builtin_memcpy(&word, at, sizeof word);
    const std::uint32_t first = word >> 8 & 15;
    if ((word & word_of(all, shared, all, 0)) == word_of(type, '0', '\r', 0)) [[likely]] {
        number = first;
        return first <= 9 ? 4 : 0;
    }
    const std::uint32_t second = word >> 16 & 15;
    number = first * 10 + second;
    const bool is_number = first - 1 < 9 && second <= 9;
    return (word & word_of(all, shared, shared, all)) == word_of(type, '0', '0', '\r') && is_number ? 5 : 0;
}

// The same with a number of up to nine digits. Null: it is something else, or not all there.
const char* read_long(char type, const char* at, const char* end, std::size_t& number) {
    constexpr std::ptrdiff_t most = 9 + 2;
    if (*at++ != type)
        return nullptr;
    const char* const begin = at;
    if (end - at > most)
        end = at + most;
    number = 0;
    for (; at != end && is_digit(*at); at++)
        number = number * 10 + digit(*at);
    const bool is_good = end - at >= 2 && *at == '\r' && at != begin && (*begin != '0' || at == begin + 1);
    return is_good ? at + 2 : nullptr;
}

} // namespace

RequestParser::Outcome RequestParser::broken(std::string_view problem) {
    problem_size_ = problem.size() < sizeof problem_ ? problem.size() : sizeof problem_;
    copy_bytes(problem_, problem.data(), problem_size_);
    return Outcome::Broken;
}

// A request that is all there, as most are: in one go. False: it is not, or is wrong, and nothing was changed. What is
// not usual is left to a function of its own, so that nothing is saved for it on the way without it.
bool RequestParser::parse_whole(std::string_view input) {
    if (input.size() < argument_octets_min)
        return false;
    std::size_t count = 0;
    const std::size_t last_begin = input.size() - argument_octets_min;
    std::size_t at = read_short('*', input.data(), count);
    if (at == 0 || count > whole_arguments_max || arguments_.room() < whole_arguments_max) [[unlikely]]
        return parse_whole_slowly(input);
    std::string_view* argument = arguments_.data();
    for (const std::string_view* const last = argument + count; argument != last; argument++) {
        if (at > last_begin)
            return false;
        std::size_t size = 0;
        const char* const line = input.data() + at;
        const std::size_t line_octets = read_short('$', line, size);
        if (line_octets == 0) [[unlikely]]
            return parse_whole_slowly(input);
        *argument = {line + line_octets, size};
        at += line_octets + size + line_end_octets;
        if (at > input.size())
            return false;
    }
    return take_whole(count, at);
}

bool RequestParser::take_whole(std::size_t count, std::size_t octets) {
    arguments_.set_size(count);
    at_ = octets;
    return true;
}

bool RequestParser::parse_whole_slowly(std::string_view input) {
    const char* const end = input.data() + input.size();
    std::size_t count = 0;
    const char* at = read_long('*', input.data(), end, count);
    if (!at || count > whole_arguments_max)
        return false;
    arguments_.reserve(whole_arguments_max);
    for (std::size_t index = 0; index < count; index++) {
        if (static_cast<std::size_t>(end - at) < argument_octets_min)
            return false;
        std::size_t size = 0;
        at = read_long('$', at, end, size);
        if (!at || size > static_cast<std::size_t>(bulk_max_) ||
            static_cast<std::size_t>(end - at) < size + line_end_octets)
            return false;
        arguments_.data()[index] = {at, size};
        at += size + line_end_octets;
    }
    return take_whole(count, static_cast<std::size_t>(at - input.data()));
}

RequestParser::Outcome RequestParser::parse_some(std::string_view input, bool authenticated) {
    if (remaining_ < 0) {
        places_.clear();
        unquoted_.clear();
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
    if (bulk_ < 0)
        if (const Outcome outcome = parse_length(input, authenticated); outcome != Outcome::Request)
            return outcome;
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
