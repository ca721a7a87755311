// A connection beside the load that asks a store about itself: INFO, FLUSHALL.
#pragma once

#include "libos/net/tcp/stream.hpp"

#include <array>
#include <string_view>

namespace bench::kv {

class Control {
public:
    // Of a server that accepts connections.
    void open(exo::net::Network& network, exo::net::TcpStack& stack);
    // One line of an inline command; the reply is a line or a bulk string, which is returned without what frames it.
    // Valid until the next.
    std::string_view ask(std::string_view line);
    // A number of INFO; its point, if it has one, is left out.
    std::uint64_t info(std::string_view line, std::string_view name);

private:
    void wait_for(std::uint32_t what);

    exo::net::Network* network_ = nullptr;
    exo::net::TcpStream stream_;
    std::array<char, 16384> reply_;
};

} // namespace bench::kv
