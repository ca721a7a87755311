// The page of metrics against OpenMetrics 1.0's grammar and rules, its numbers, and the requests that ask for it.
#include "libos-kv/metrics/http.hpp"
#include "libos-kv/metrics/page.hpp"
#include "tests/unit/kv/lab.hpp"

#include <format>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

using namespace kv_test;

namespace {

Surroundings surroundings() {
    Surroundings its;
    its.realtime_us = [] { return std::uint64_t{1'700'000'000'250'000}; };
    its.monotonic_us = [] { return std::uint64_t{5'000'000}; };
    its.seed = 7;
    its.memory_bytes = 1 << 30;
    its.busy_us = [] { return std::uint64_t{1'000'042}; };
    return its;
}

std::string page_of(Server& server) {
    Text text;
    write_metrics(server, Counts(server), text);
    return std::string(text.view());
}

struct Family {
    std::string name, type = {}, unit = {}, help = {};
    std::map<std::string, std::string> samples = {}; // value by name and labels
};

// Names of samples that a family of a type has.
bool is_sample_of(const Family& family, const std::string& name) {
    if (family.type == "counter")
        return name == family.name + "_total";
    return name == family.name + (family.type == "info" ? "_info" : "");
}

// A line of metadata: its keyword, family and text.
std::optional<std::string> take_descriptor(const std::smatch& line, std::vector<Family>& families) {
    const std::string keyword = line[1], name = line[2], text = line[3];
    if (families.empty() || families.back().name != name) {
        for (const Family& family : families)
            if (family.name == name)
                return "a family in two places: " + name;
        families.push_back({.name = name});
    }
    Family& family = families.back();
    if (!family.samples.empty())
        return "a descriptor behind samples of " + name;
    std::string& field = keyword == "TYPE" ? family.type : keyword == "UNIT" ? family.unit : family.help;
    if (!field.empty())
        return keyword + " twice of " + name;
    field = text;
    if (keyword == "UNIT" && !name.ends_with("_" + text))
        return "a name without its unit: " + name;
    if (keyword == "TYPE" && text != "counter" && text != "gauge" && text != "info")
        return "an unknown type: " + text;
    return std::nullopt;
}

std::optional<std::string> take_sample(const std::smatch& line, std::vector<Family>& families) {
    const std::string name = line[1], labels = line[2], value = line[3];
    if (families.empty() || families.back().type.empty() || !is_sample_of(families.back(), name))
        return "a sample outside its family: " + name;
    if (!families.back().samples.emplace(name + labels, value).second)
        return "a sample twice: " + name + labels;
    return std::nullopt;
}

// Nothing when a text is what the grammar (OpenMetrics 1.0, 4.1) and the rules for families (4.4, 5) allow; else why
// not. Timestamps, exemplars and exponents are not looked for: there are none.
std::optional<std::string> problem_of(const std::string& text, std::vector<Family>& families) {
    const std::regex descriptor(R"(# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
    const std::regex sample(
        R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_]\w*="[^"\\\n]*"(?:,[a-zA-Z_]\w*="[^"\\\n]*")*\})? (\d+(?:\.\d+)?))");
    if (!text.ends_with("\n# EOF\n"))
        return "no end";
    std::istringstream lines(text.substr(0, text.size() - 6));
    for (std::string line; std::getline(lines, line);) {
        std::smatch parts;
        std::optional<std::string> problem = "no line of the grammar: " + line;
        if (std::regex_match(line, parts, descriptor))
            problem = take_descriptor(parts, families);
        else if (std::regex_match(line, parts, sample))
            problem = take_sample(parts, families);
        if (problem)
            return problem;
    }
    return std::nullopt;
}

std::map<std::string, std::string> samples_of(Server& server) {
    std::vector<Family> families;
    const auto problem = problem_of(page_of(server), families);
    INFO(problem.value_or(""));
    REQUIRE_FALSE(problem);
    std::map<std::string, std::string> all;
    for (const Family& family : families)
        all.insert(family.samples.begin(), family.samples.end());
    return all;
}

std::string answer(Server& server, std::string_view request) {
    Text response;
    const HttpRequest asked = read_http(request, response);
    if (asked == HttpRequest::Page || asked == HttpRequest::Head)
        answer_http(asked, server, Counts(server), response);
    CHECK(response.empty() == (asked == HttpRequest::Incomplete));
    return std::string(response.view());
}

// The head and the body of a response, whose length is what it says.
std::pair<std::string, std::string> parts_of(const std::string& response) {
    const std::size_t end = response.find("\r\n\r\n") + 4;
    return {response.substr(0, end), response.substr(end)};
}

} // namespace

TEST_CASE("kv metrics: the judge of pages finds what is wrong with one") {
    std::vector<Family> families;
    const std::string good =
        "# TYPE a_bytes counter\n# UNIT a_bytes bytes\n# HELP a_bytes x\na_bytes_total{b=\"c\"} 1\n";
    CHECK_FALSE(problem_of(good + "# EOF\n", families));
    for (const std::string& bad :
         {good,                                                    // no end
          good + good + "# EOF\n",                                 // a family twice
          good + "# TYPE d gauge\nd{e=\"f\",} 1\n# EOF\n",         // a comma too many
          good + "# TYPE d gauge\nd 1\nd 2\n# EOF\n",              // a sample twice
          good + "# TYPE d counter\nd 1\n# EOF\n",                 // a counter without its suffix
          good + "# TYPE d gauge\n# UNIT d bytes\nd 1\n# EOF\n",   // a unit that the name has not
          good + "e 1\n# EOF\n",                                   // no type
          good + "\n# EOF\n",                                      // an empty line
          good + "# TYPE d gauge\nd 1\n# HELP d late\n# EOF\n"}) { // a descriptor behind its sample
        families.clear();
        INFO(bad);
        CHECK(problem_of(bad, families));
    }
}

TEST_CASE("kv metrics: the page is OpenMetrics, whatever has happened, and every family says what it is") {
    const MemoryCheck check;
    Server server(surroundings());
    std::vector<Family> families;
    CHECK(problem_of(page_of(server), families).value_or("") == "");
    CHECK(families.size() > 25);
    for (const Family& family : families) {
        INFO(family.name);
        CHECK_FALSE(family.help.empty());
        CHECK_FALSE(family.type.empty());
        CHECK(family.name.starts_with("redis_"));
    }
}

TEST_CASE("kv metrics: the numbers are those of INFO") {
    const MemoryCheck check;
    Server server(surroundings());
    Session* session = server.open("10.0.0.1:5000", "10.0.0.2:6379");
    server.input(session, "SET a 1\r\nSET b 2 EX 100\r\nSELECT 3\r\nSET c 3\r\nGET c\r\nGET d\r\nLPUSH c x\r\nGET\r\n"
                          "CLIENT ID\r\nFROB\r\n");
    auto samples = samples_of(server);
    CHECK(samples["redis_up"] == "1");
    CHECK(samples["redis_connected_clients"] == "1");
    CHECK(samples["redis_connections_received_total"] == "1");
    CHECK(samples["redis_commands_processed_total"] == "8");
    CHECK(samples["redis_error_replies_total"] == "3");
    CHECK(samples["redis_keyspace_hits_total"] == std::to_string(server.statistics.hits));
    CHECK(samples["redis_keyspace_misses_total"] == "1");
    CHECK(samples["redis_db_keys{db=\"db0\"}"] == "2");
    CHECK(samples["redis_db_keys_expiring{db=\"db0\"}"] == "1");
    CHECK(samples["redis_db_keys{db=\"db3\"}"] == "1");
    CHECK(samples["redis_db_keys{db=\"db15\"}"] == "0");
    CHECK(samples["redis_commands_total{cmd=\"set\"}"] == "3");
    CHECK(samples["redis_commands_total{cmd=\"client|id\"}"] == "1");
    CHECK(samples["redis_commands_failed_calls_total{cmd=\"lpush\"}"] == "1");
    CHECK(samples["redis_commands_rejected_calls_total{cmd=\"get\"}"] == "1");
    CHECK(samples["redis_memory_used_bytes"] == std::to_string(used_bytes()));
    CHECK(samples["redis_cpu_user_seconds_total"] == "1.000042");
    CHECK(samples["redis_start_time_seconds"] == "1700000000.250000");
    CHECK(samples["redis_net_input_bytes_total"] == std::to_string(server.statistics.received_octets));
    server.close(session);
    CHECK(samples_of(server)["redis_connected_clients"] == "0");
}

TEST_CASE("kv metrics: a GET gets the page, a HEAD its head") {
    const MemoryCheck check;
    Server server(surroundings());
    for (const std::string_view request :
         {"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "GET /metrics?name=x HTTP/1.1\r\nAccept: */*\r\nhOST:x\r\n\r\n",
          "GET /metrics HTTP/1.0\r\n\r\n"}) {
        const auto [head, body] = parts_of(answer(server, request));
        CHECK(head == std::format("HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; "
                                  "charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                                  body.size()));
        CHECK(body == page_of(server));
    }
    const auto [head, body] = parts_of(answer(server, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(head.find(std::format("Content-Length: {}\r\n", page_of(server).size())) != head.npos);
    CHECK(body.empty());
}

TEST_CASE("kv metrics: what is no request for the page is told so, and one that is not whole is waited for") {
    const MemoryCheck check;
    Server server(surroundings());
    const std::string long_field(http_head_octets_max, 'x');
    for (const auto& [request, status] : std::vector<std::pair<std::string, std::string>>{
             {"PING\r\n\r\n", "400 Bad Request"},
             {"GET /metrics\r\n\r\n", "400 Bad Request"},
             {"GET  HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
             {"GET /metrics HTTP/2.0\r\nHost: x\r\n\r\n", "400 Bad Request"},
             {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
             {"GET /metrics HTTP/1.1\r\nGhost: x\r\n\r\n", "400 Bad Request"},
             {"GET /metrics HTTP/1.1\r\n" + long_field, "400 Bad Request"},
             {"GET /metrics HTTP/1.1\r\nHost: x\r\nY: " + long_field + "\r\n\r\n", "400 Bad Request"},
             {"\r\n\r\n", "400 Bad Request"},
             {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found"},
             {"GET /metrics/ HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found"},
             {"POST /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "405 Method Not Allowed"},
             {"get /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "405 Method Not Allowed"}}) {
        INFO(request);
        const auto [head, body] = parts_of(answer(server, request));
        CHECK(head.starts_with("HTTP/1.1 " + status + "\r\n"));
        CHECK(head.find(std::format("Content-Length: {}\r\n", body.size())) != head.npos);
        CHECK(head.contains("Allow: GET, HEAD\r\n") == status.starts_with("405"));
        CHECK(body == status + "\n");
    }
    const std::string_view whole = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t octets = 0; octets < whole.size(); ++octets)
        CHECK(answer(server, whole.substr(0, octets)).empty());
}
