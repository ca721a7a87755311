// Requests. See http.hpp.
#include "examples/libos-web/http.hpp"

#include <cstring>

namespace web {

namespace {

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same(std::string_view left, std::string_view right) { // `right` in small letters
    if (left.size() != right.size())
        return false;
    for (std::size_t i = 0; i < left.size(); i++)
        if (lower(left[i]) != right[i])
            return false;
    return true;
}

int hex(char digit) {
    const char small = lower(digit);
    return small >= '0' && small <= '9' ? small - '0' : small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// The next line without its end; what is left begins behind it. The caller knows that there is one.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line;
}

Parsed decode_path(std::string_view target, Request& request) {
    if (target.starts_with("http://")) { // absolute form
        target.remove_prefix(7);
        target.remove_prefix(target.find('/') == std::string_view::npos ? target.size() : target.find('/'));
        if (target.empty())
            target = "/";
    }
    target = target.substr(0, target.find_first_of("?#"));
    if (!target.starts_with('/'))
        return Parsed::BadRequest;
    static constexpr std::string_view index = "index.html";
    std::size_t size = 0;
    for (std::size_t i = 0; i < target.size(); i++) {
        char octet = target[i];
        if (octet == '%') {
            const int high = i + 2 < target.size() ? hex(target[i + 1]) : -1, low = high < 0 ? -1 : hex(target[i + 2]);
            if (low < 0)
                return Parsed::BadRequest;
            octet = static_cast<char>(high << 4 | low);
            i += 2;
        }
        if (octet == 0)
            return Parsed::BadRequest;
        if (size == path_octets_max)
            return Parsed::NotFound;
        request.path[size++] = octet;
    }
    if (request.path[size - 1] == '/') {
        if (size + index.size() > path_octets_max)
            return Parsed::NotFound;
        std::memcpy(request.path + size, index.data(), index.size());
        size += index.size();
    }
    request.path[size] = 0;
    return Parsed::Good;
}

// "GET /path HTTP/1.1"
Parsed parse_line(std::string_view line, Request& request) {
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || first == 0)
        return Parsed::BadRequest;
    const std::string_view method = line.substr(0, first), version = line.substr(last + 1);
    request.method = method == "GET" ? Method::Get : method == "HEAD" ? Method::Head : Method::Other;
    if (!version.starts_with("HTTP/"))
        return Parsed::BadRequest;
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return Parsed::Version;
    request.keep_alive = version == "HTTP/1.1";
    return decode_path(line.substr(first + 1, last - first - 1), request);
}

bool parse_field(std::string_view line, Request& request) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line[colon - 1] == ' ')
        return false;
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (same(name, "connection")) {
        if (same(value, "close"))
            request.keep_alive = false;
        else if (same(value, "keep-alive"))
            request.keep_alive = true;
    } else if (same(name, "if-modified-since")) {
        request.modified_since_s = parse_date(value);
    } else if (same(name, "if-none-match")) {
        request.asks_none_match = true;
        std::uint32_t tag = 0;
        bool is_ours = value.size() == 10 && value.front() == '"' && value.back() == '"';
        for (std::size_t i = 1; is_ours && i < 9; i++) {
            is_ours = hex(value[i]) >= 0;
            tag = tag << 4 | static_cast<std::uint32_t>(hex(value[i]) & 15);
        }
        request.none_match = is_ours ? tag : 0;
        request.asks_none_match = is_ours; // another tag is none of this server's, and matches nothing
    } else if (same(name, "transfer-encoding") || (same(name, "content-length") && value != "0")) {
        request.has_body = true;
    }
    return true;
}

} // namespace

Parsed parse_request(std::string_view text, Request& request, std::size_t* taken) {
    std::size_t before = 0; // empty lines before a request are skipped (RFC 9112 2.2)
    while (text.substr(before).starts_with("\r\n"))
        before += 2;
    text.remove_prefix(before);
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return text.size() >= head_octets_max ? Parsed::TooLarge : Parsed::Incomplete;
    *taken = before + end + 4;
    std::string_view rest = text.substr(0, end + 2);
    const Parsed line = parse_line(take_line(rest), request);
    while (!rest.empty())
        if (!parse_field(take_line(rest), request))
            return Parsed::BadRequest;
    return line;
}

} // namespace web
