// Fuzzes the store's reader of requests. The first octets choose how the rest is cut into pieces. The oracle: the
// sanitizers, that pieces are understood as the whole is, and that nothing is taken that has not come.
#include "libos-kv/protocol/request_parser.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace exo::kv {

void out_of_memory(std::size_t) {
    std::abort();
}

} // namespace exo::kv

namespace {

using exo::kv::RequestParser;

void require(bool holds) {
    if (!holds)
        std::abort();
}

struct Heard {
    std::vector<std::vector<std::string>> requests;
    std::string problem;
    std::size_t taken = 0;

    bool operator==(const Heard&) const = default;
};

Heard hear(std::string_view input, std::size_t piece, bool authenticated) {
    Heard heard;
    RequestParser parser;
    for (std::size_t there = 0; there < input.size();) {
        there = std::min(input.size(), there + piece);
        for (;;) {
            // A copy, so that a sanitizer sees what is read behind its end, and what is kept from before.
            const std::string now(input.substr(heard.taken, there - heard.taken));
            const auto outcome = parser.parse(now, authenticated);
            if (outcome == RequestParser::Outcome::Incomplete)
                break;
            if (outcome == RequestParser::Outcome::Broken) {
                heard.problem = parser.problem();
                require(!heard.problem.empty());
                return heard;
            }
            heard.requests.emplace_back();
            for (const std::string_view argument : parser.arguments())
                heard.requests.back().emplace_back(argument);
            const std::size_t octets = parser.next();
            require(octets > 0 && octets <= now.size());
            heard.taken += octets;
        }
    }
    return heard;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2)
        return 0;
    const bool authenticated = data[0] & 1;
    const std::size_t piece = data[1] + 1u;
    // Safe: octets as characters.
    const std::string_view input(reinterpret_cast<const char*>(data + 2), size - 2);
    const std::size_t before = exo::kv::used_bytes();
    require(hear(input, input.size() + 1, authenticated) == hear(input, piece, authenticated));
    require(exo::kv::used_bytes() == before);
    return 0;
}
