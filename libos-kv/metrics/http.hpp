// The metrics page over HTTP/1.1: a request's octets in, a whole response out, one a connection. Pure text. RFC 9112.
#pragma once

#include "libos-kv/server/server.hpp"

namespace exo::kv {

inline constexpr std::size_t http_head_octets_max = 4096;

// Appends the response to the request that begins `came`, and says true; false: its head is not all there yet.
// Refused with 400: what is no request of HTTP/1.0 or 1.1, one of 1.1 without Host, a head of more than
// http_head_octets_max; 405: methods other than GET and HEAD; 404: targets other than /metrics.
bool answer_http(Server& server, std::string_view came, Text& response);

} // namespace exo::kv
