// A server whose clock stands still unless a test moves it, and one of its clients.
#pragma once

#include "libos-kv/server/server.hpp"
#include "tests/unit/kv/lab.hpp"

#include <format>

namespace kv_test {

inline std::uint64_t now_us = 1'700'000'000'000'000;

inline Surroundings surroundings() {
    Surroundings its;
    its.realtime_us = its.monotonic_us = [] { return now_us; };
    its.seed = 7;
    its.memory_bytes = 8ull << 30;
    return its;
}

inline std::string request(std::initializer_list<std::string_view> words) {
    std::string text = std::format("*{}\r\n", words.size());
    for (const std::string_view word : words)
        text += std::format("${}\r\n{}\r\n", word.size(), word);
    return text;
}

struct Client {
    Server& server;
    Session* session;

    explicit Client(Server& its) : server(its), session(its.open("10.0.0.1:5000", "10.0.0.2:6379")) {}
    // What there is to be sent, taken.
    std::string take() {
        std::string text;
        for (auto part = session->to_send(); !part.empty(); part = session->to_send()) {
            text += part;
            session->sent(part.size());
        }
        return text;
    }
    std::string ask(std::initializer_list<std::string_view> words) {
        server.input(session, request(words));
        return take();
    }
};

} // namespace kv_test
