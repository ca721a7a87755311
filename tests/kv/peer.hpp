// A connection to a server that speaks RESP, and replies as they come: their octets, and their parts for comparing.
#pragma once

#include "tests/kv/grammar.hpp"

#include <string>
#include <vector>

namespace kv_test {

// A reply, whole: `text` is a scalar's line or octets.
struct Part {
    char type = 0;
    std::string text;
    std::vector<Part> items;

    std::string shown() const;
    bool operator==(const Part&) const = default;
    auto operator<=>(const Part& other) const { return shown() <=> other.shown(); }
};

class Peer {
public:
    // At a port of this host. Ends the program with a sentence if there is none.
    explicit Peer(unsigned port, const char* name);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    // In pieces of random lengths if `dice` is given.
    void send(const std::string& octets, Dice* dice = nullptr);
    Part receive();
    Part ask(const Words& words);

private:
    std::string line();
    void fill();

    int socket_;
    const char* name_;
    std::string buffer_;
    std::size_t taken_ = 0;
};

std::string request(const Words& words);

} // namespace kv_test
