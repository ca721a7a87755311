// See control.hpp.
#include "bench/kv/control.hpp"

#include "bench/exo/program.hpp"
#include "bench/load/server.hpp"
#include "bench/load/text.hpp"
#include "bench/primitives/sampling.hpp"
#include "libos/net/network.hpp"
#include "libos/time/clock.hpp"

namespace bench::kv {

namespace {

constexpr std::string_view line_end = "\r\n";

// The octets of a whole reply at the beginning of a text; 0: it is not all there yet.
std::size_t reply_octets(std::string_view text) {
    const std::size_t end = text.find(line_end);
    if (end == text.npos)
        return 0;
    const std::size_t head = end + line_end.size();
    if (text[0] != '$')
        return head;
    const std::size_t all = head + load::leading_number(text.substr(1)) + line_end.size();
    return all <= text.size() ? all : 0;
}

} // namespace

void Control::wait_for(std::uint32_t what) {
    constexpr std::uint64_t patience_ns = 60'000'000'000;
    for (const std::uint64_t end = exo::deadline_in_ns(patience_ns); (stream_.ready() & what) == 0; network_->poll()) {
        require((stream_.ready() & exo::net::tcp_ready::failed) == 0, "asking the store about itself");
        require(read_tsc() < end, "getting an answer from the store");
    }
}

void Control::open(exo::net::Network& network, exo::net::TcpStack& stack) {
    network_ = &network;
    require(stream_.connect(stack, {exo::net::Ipv4Address::from_number(load::server_address), load::redis_port})
                .has_value(),
            "beginning to connect");
    wait_for(exo::net::tcp_ready::writable);
}

std::string_view Control::ask(std::string_view line) {
    for (const std::string_view part : {line, line_end}) {
        const auto written = stream_.write(std::as_bytes(std::span(part)));
        require(written && *written == part.size(), "asking the store about itself");
    }
    std::size_t came = 0;
    while (reply_octets({reply_.data(), came}) == 0) {
        require(came < reply_.size(), "finding the end of an answer");
        wait_for(exo::net::tcp_ready::readable);
        came += stream_.read(std::as_writable_bytes(std::span(reply_).subspan(came)));
    }
    require(reply_[0] != '-', "asking the store about itself");
    const std::string_view reply(reply_.data(), came);
    return reply_[0] == '$' ? reply.substr(reply.find(line_end) + line_end.size()) : reply;
}

std::uint64_t Control::info(std::string_view line, std::string_view name) {
    const std::string_view text = ask(line);
    const std::size_t at = text.find(name);
    require(at != text.npos, "finding a number of INFO");
    std::uint64_t number = 0;
    for (const char c : text.substr(at + name.size())) {
        if (c >= '0' && c <= '9')
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        else if (c != '.')
            break;
    }
    return number;
}

} // namespace bench::kv
