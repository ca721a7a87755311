// Heads of responses, and dates. See http.hpp.
#include "examples/libos-web/http.hpp"
#include "examples/libos-web/text.hpp"

namespace web {

namespace {

constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view day_names = "ThuFriSatSunMonTueWed"; // 1 January 1970 was a Thursday

struct Day {
    std::uint64_t year, month, day;
};

// The proleptic Gregorian calendar in eras of 400 years that begin in March, so that the leap day is a year's last.
Day day_of(std::uint64_t days) {
    const std::uint64_t shifted = days + 719'468; // since 1 March of year 0
    const std::uint64_t era = shifted / 146'097, in_era = shifted % 146'097;
    const std::uint64_t year = (in_era - in_era / 1460 + in_era / 36'524 - in_era / 146'096) / 365;
    const std::uint64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    const std::uint64_t month = (5 * in_year + 2) / 153; // 0: March
    return {year + era * 400 + (month >= 10), month < 10 ? month + 3 : month - 9, in_year - (153 * month + 2) / 5 + 1};
}

std::uint64_t days_of(const Day& day) {
    const std::uint64_t year = day.year - (day.month <= 2), era = year / 400, in_era = year % 400;
    const std::uint64_t in_year = (153 * (day.month > 2 ? day.month - 3 : day.month + 9) + 2) / 5 + day.day - 1;
    return era * 146'097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719'468;
}

void put_digits(char* into, std::uint64_t number, std::size_t digits) {
    for (; digits; number /= 10)
        into[--digits] = static_cast<char>('0' + number % 10);
}

bool take_digits(std::string_view text, std::uint64_t& number) {
    number = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9')
            return false;
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return true;
}

std::string_view type_of(std::string_view path) {
    static constexpr std::string_view types[][2] = {
        {".html", "text/html"},      {".txt", "text/plain"},        {".css", "text/css"},
        {".js", "text/javascript"},  {".json", "application/json"}, {".png", "image/png"},
        {".jpg", "image/jpeg"},      {".gif", "image/gif"},         {".svg", "image/svg+xml"},
        {".pdf", "application/pdf"}, {".wasm", "application/wasm"}, {".xml", "application/xml"},
        {".md", "text/markdown"},
    };
    for (const auto& [ending, type] : types)
        if (path.ends_with(ending))
            return type;
    return "application/octet-stream";
}

std::string_view reason_of(unsigned status) {
    switch (status) {
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 431:
        return "Request Header Fields Too Large";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Internal Server Error";
    }
}

void add_common(Text& text, std::uint64_t now_s) {
    char date[date_octets];
    write_date(now_s, date);
    text.add("Server: libos-web\r\nDate: ").add({date, date_octets}).add("\r\n");
}

void add_validators(Text& text, const Document& document) {
    char date[date_octets];
    write_date(document.modified_s, date);
    text.add("ETag: \"").add_hex(document.tag).add("\"\r\nLast-Modified: ").add({date, date_octets}).add("\r\n");
}

} // namespace

void write_date(std::uint64_t seconds, char* into) {
    const std::uint64_t days = seconds / 86'400, second = seconds % 86'400;
    const Day day = day_of(days);
    std::memcpy(into, "DDD, 00 MMM 0000 00:00:00 GMT", date_octets);
    std::memcpy(into, day_names.data() + days % 7 * 3, 3);
    put_digits(into + 5, day.day, 2);
    std::memcpy(into + 8, month_names.data() + (day.month - 1) * 3, 3);
    put_digits(into + 12, day.year, 4);
    put_digits(into + 17, second / 3600, 2);
    put_digits(into + 20, second / 60 % 60, 2);
    put_digits(into + 23, second % 60, 2);
}

std::uint64_t parse_date(std::string_view text) {
    if (text.size() != date_octets || !text.ends_with(" GMT"))
        return 0;
    const std::size_t month = month_names.find(text.substr(8, 3));
    Day day{};
    std::uint64_t hour, minute, second;
    if (month % 3 != 0 || month == std::string_view::npos || !take_digits(text.substr(5, 2), day.day) ||
        !take_digits(text.substr(12, 4), day.year) || !take_digits(text.substr(17, 2), hour) ||
        !take_digits(text.substr(20, 2), minute) || !take_digits(text.substr(23, 2), second) || day.year < 1970 ||
        day.day == 0 || day.day > 31)
        return 0;
    day.month = month / 3 + 1;
    return days_of(day) * 86'400 + hour * 3600 + minute * 60 + second;
}

std::size_t document_head(const Document& document, std::uint64_t now_s, std::span<char> into) {
    Text text(into);
    text.add("HTTP/1.1 200 OK\r\n");
    add_common(text, now_s);
    add_validators(text, document);
    text.add("Content-Type: ").add(type_of(document.name())).add("\r\nContent-Length: ").add_number(document.octets);
    text.add("\r\n\r\n");
    return text.size();
}

std::size_t plain_response(unsigned status, const Document* document, std::uint64_t now_s, bool keep_alive, bool body,
                           std::span<char> into) {
    Text text(into);
    text.add("HTTP/1.1 ").add_number(status).add(" ").add(reason_of(status)).add("\r\n");
    add_common(text, now_s);
    if (document)
        add_validators(text, *document);
    if (status == 405)
        text.add("Allow: GET, HEAD\r\n");
    if (!keep_alive)
        text.add("Connection: close\r\n");
    if (status != 304)
        text.add("Content-Type: text/plain\r\nContent-Length: ").add_number(reason_of(status).size() + 1).add("\r\n");
    text.add("\r\n");
    if (body && status != 304)
        text.add(reason_of(status)).add("\n");
    return text.size();
}

} // namespace web
