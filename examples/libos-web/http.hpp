// HTTP/1.1 as far as a server of static documents needs it: a request's head, and heads of responses. Pure text.
// RFC 9110, RFC 9112.
#pragma once

#include "examples/libos-web/site.hpp"

namespace web {

inline constexpr std::size_t head_octets_max = 4096;     // of a request
inline constexpr std::size_t response_octets_max = 1024; // of a response's head, with a short body

enum class Method : std::uint8_t { Get, Head, Other };

struct Request {
    Method method = Method::Other;
    bool keep_alive = true;
    bool has_body = false;
    std::uint64_t modified_since_s = 0; // 0: not asked
    std::uint32_t none_match = 0;       // the tag asked for
    bool asks_none_match = false;
    char path[path_octets_max + 1] = {}; // decoded; of a folder: its index.html
};

// What a head turned out to be.
enum class Parsed : std::uint16_t {
    Incomplete = 0,
    Good = 200,
    BadRequest = 400,
    NotFound = 404, // a path that is longer than any document's
    TooLarge = 431,
    Version = 505,
};

// Reads the head at the beginning of `text`. `*taken`: its octets, up to and with the empty line.
Parsed parse_request(std::string_view text, Request& request, std::size_t* taken);

// "Sun, 22 Nov 2026 19:34:10 GMT" (RFC 9110 5.6.7), 29 octets.
inline constexpr std::size_t date_octets = 29;
void write_date(std::uint64_t seconds, char* into);
// 0: it is no date of that form.
std::uint64_t parse_date(std::string_view text);

// The head of a 200 response; its length depends on the document alone. Returns the octets written.
std::size_t document_head(const Document& document, std::uint64_t now_s, std::span<char> into);
// A whole response without a document: 304 with the document's tag, or an error with a line of text.
std::size_t plain_response(unsigned status, const Document* document, std::uint64_t now_s, bool keep_alive, bool body,
                           std::span<char> into);

} // namespace web
