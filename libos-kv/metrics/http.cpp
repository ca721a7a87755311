// See http.hpp.
#include "libos-kv/metrics/http.hpp"

#include "libos-kv/metrics/page.hpp"

namespace exo::kv {

namespace {

constexpr std::string_view head_end = "\r\n\r\n", line_end = "\r\n";

// The three words of a request line, if it has three (RFC 9112 3).
struct RequestLine {
    std::string_view method, target, version;
    bool is_sound = false;

    explicit RequestLine(std::string_view line) {
        const std::size_t first = line.find(' '), last = line.rfind(' ');
        if (first == line.npos || first == last)
            return;
        method = line.substr(0, first);
        target = line.substr(first + 1, last - first - 1);
        version = line.substr(last + 1);
        is_sound = !method.empty() && !target.empty() && target.find(' ') == target.npos &&
                   (version == "HTTP/1.1" || version == "HTTP/1.0");
    }
};

bool has_host(std::string_view fields) {
    constexpr std::string_view name = "host:";
    for (std::size_t at = 0; at < fields.size(); at = fields.find(line_end, at) + line_end.size())
        if (is_word(fields.substr(at, name.size()), name))
            return true;
    return false;
}

// `octets`: of the body, which a response to HEAD tells and does not have.
void write_head(Text& response, std::string_view status, std::string_view type, std::size_t octets) {
    response.append("HTTP/1.1 ").append(status).append("\r\nContent-Type: ").append(type);
    response.append("\r\nContent-Length: ").append(IntegerText(static_cast<std::int64_t>(octets)));
    if (status.starts_with("405"))
        response.append("\r\nAllow: GET, HEAD");
    response.append("\r\nConnection: close\r\n\r\n");
}

HttpRequest refuse(Text& response, std::string_view status) {
    write_head(response, status, "text/plain; charset=utf-8", status.size() + 1);
    response.append(status).append('\n');
    return HttpRequest::Refused;
}

} // namespace

HttpRequest read_http(std::string_view came, Text& response) {
    const std::size_t end = came.substr(0, http_head_octets_max).find(head_end);
    if (end == came.npos)
        return came.size() < http_head_octets_max ? HttpRequest::Incomplete : refuse(response, "400 Bad Request");
    const std::string_view head = came.substr(0, end + line_end.size());
    const std::size_t line = head.find(line_end);
    const RequestLine request(head.substr(0, line));
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    if (!request.is_sound || (request.version == "HTTP/1.1" && !has_host(head.substr(line + line_end.size()))))
        return refuse(response, "400 Bad Request");
    if (request.method != "GET" && request.method != "HEAD")
        return refuse(response, "405 Method Not Allowed");
    if (path != "/metrics")
        return refuse(response, "404 Not Found");
    return request.method == "GET" ? HttpRequest::Page : HttpRequest::Head;
}

void answer_http(HttpRequest request, Server& server, const Counts& counts, Text& response) {
    Text page;
    write_metrics(server, counts, page);
    write_head(response, "200 OK", metrics_content_type, page.size());
    if (request == HttpRequest::Page)
        response.append(page);
}

} // namespace exo::kv
