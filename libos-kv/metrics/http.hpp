// The metrics page over HTTP/1.1: a request's octets in, a whole response out, one a connection. Pure text. RFC 9112.
#pragma once

#include "libos-kv/metrics/counts.hpp"

namespace exo::kv {

inline constexpr std::size_t http_head_octets_max = 4096;

enum class HttpRequest : std::uint8_t {
    Incomplete, // its head is not all there yet
    Refused,
    Page,
    Head, // of the page's response
};

// What the request that begins `came` asks for. Refused, with the whole response appended: 400, what is no request of
// HTTP/1.0 or 1.1, one of 1.1 without Host, a head of more than http_head_octets_max; 405, methods other than GET and
// HEAD; 404, targets other than /metrics.
HttpRequest read_http(std::string_view came, Text& response);
// Appends the whole response to a request for the page, or for its head.
void answer_http(HttpRequest request, Server& server, const Counts& counts, Text& response);

} // namespace exo::kv
