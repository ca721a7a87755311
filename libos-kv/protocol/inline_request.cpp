// A line as a person types it: words separated by blanks, in quotes if they hold some. Interface: request_parser.hpp.
#include "libos-kv/protocol/request_parser.hpp"

namespace exo::kv {

namespace {

bool is_blank(char octet) {
    return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

int hex_value(char octet) {
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    const char lower = static_cast<char>(octet | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

char escaped(char octet) {
    switch (octet) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case 'a':
        return '\a';
    default:
        return octet;
    }
}

// Reads the inside of quotes from `at`, behind the opening one; leaves `at` behind the closing one. False: there is
// none, or something follows it at once.
bool read_quoted(std::string_view line, std::size_t& at, char quote, Text& into) {
    for (; at < line.size(); at++) {
        if (line[at] == quote) {
            at++;
            return at == line.size() || is_blank(line[at]) || line[at] == '\0';
        }
        if (line[at] == '\0')
            return false;
        if (line[at] != '\\' || at + 1 == line.size() || (quote == '\'' && line[at + 1] != '\'')) {
            into.append(line[at]);
            continue;
        }
        at++;
        if (quote == '"' && line[at] == 'x' && at + 2 < line.size() && hex_value(line[at + 1]) >= 0 &&
            hex_value(line[at + 2]) >= 0) {
            into.append(static_cast<char>(hex_value(line[at + 1]) * 16 + hex_value(line[at + 2])));
            at += 2;
        } else {
            into.append(quote == '"' ? escaped(line[at]) : line[at]);
        }
    }
    return false;
}

} // namespace

// Words are gathered in unquoted_, since what stands in quotes differs from what was received.
bool RequestParser::split_line(std::string_view line, std::size_t at) {
    while (true) {
        while (at < line.size() && is_blank(line[at]))
            at++;
        if (at == line.size() || line[at] == '\0')
            return true;
        const std::size_t start = unquoted_.size();
        while (at < line.size() && !is_blank(line[at]) && line[at] != '\0') {
            const char octet = line[at++];
            if (octet != '"' && octet != '\'') {
                unquoted_.append(octet);
                continue;
            }
            if (!read_quoted(line, at, octet, unquoted_))
                return false;
        }
        places_.push(start, unquoted_.size() - start);
    }
}

RequestParser::Outcome RequestParser::parse_inline(std::string_view input) {
    std::size_t end = 0;
    while (end < input.size() && input[end] != '\n')
        end++;
    if (end == input.size())
        return input.size() > inline_octets_max ? broken("too big inline request") : Outcome::Incomplete;
    const std::size_t line = end && input[end - 1] == '\r' ? end - 1 : end;
    if (!split_line(input.substr(0, line), 0))
        return broken("unbalanced quotes in request");
    at_ = end + 1;
    for (const Place& place : places_)
        arguments_.push(unquoted_.view().substr(place.at, place.size));
    return Outcome::Request;
}

} // namespace exo::kv
