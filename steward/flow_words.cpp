// The words of a flow in the manifest, such as `ether=ipv4 protocol=udp local=10.0.0.2/32 port=7`. Whether the flow can
// be had is for the kernel to say.
#include "steward/manifest.hpp"
#include "steward/words.hpp"

namespace exo::steward {

namespace {

using Failure = const char*; // null: none

bool ether_type(std::string_view word, FlowSpec& spec) {
    std::uint64_t value = word == "ipv4" ? ether_type_ipv4 : word == "arp" ? ether_type_arp : 0;
    bool known = value || number(word, 16, 0xffff, &value);
    spec.ether_type = static_cast<std::uint16_t>(value);
    return known;
}

bool protocol(std::string_view word, FlowSpec& spec) {
    std::uint64_t value = word == "udp"    ? ip_protocol_udp
                          : word == "tcp"  ? ip_protocol_tcp
                          : word == "icmp" ? ip_protocol_icmp
                                           : 0;
    bool known = value || number(word, 10, 0xff, &value);
    spec.protocol = static_cast<std::uint8_t>(value);
    return known;
}

// A.B.C.D or A.B.C.D/PREFIX.
bool address(std::string_view word, std::uint32_t& address, std::uint8_t& prefix) {
    std::uint64_t bits = 32;
    std::size_t slash = word.find('/');
    if (slash != std::string_view::npos && !number(word.substr(slash + 1), 10, 32, &bits))
        return false;
    word = word.substr(0, slash);
    address = 0;
    for (unsigned i = 0; i < 4; i++) {
        std::size_t dot = word.find('.');
        std::uint64_t octet = 0;
        if ((dot == std::string_view::npos) != (i == 3) || !number(word.substr(0, dot), 10, 255, &octet))
            return false;
        address = address << 8 | static_cast<std::uint32_t>(octet);
        word = dot == std::string_view::npos ? std::string_view{} : word.substr(dot + 1);
    }
    prefix = static_cast<std::uint8_t>(bits);
    return true;
}

// N or FIRST-LAST.
bool ports(std::string_view word, std::uint16_t& first, std::uint16_t& last) {
    std::size_t dash = word.find('-');
    std::uint64_t from = 0, to = 0;
    if (!number(word.substr(0, dash), 10, 0xffff, &from))
        return false;
    to = from;
    if (dash != std::string_view::npos && !number(word.substr(dash + 1), 10, 0xffff, &to))
        return false;
    first = static_cast<std::uint16_t>(from);
    last = static_cast<std::uint16_t>(to);
    return from <= to;
}

bool word_of(std::string_view key, std::string_view value, FlowSpec& spec) {
    if (key == "ether")
        return ether_type(value, spec);
    if (key == "protocol")
        return protocol(value, spec);
    if (key == "local")
        return address(value, spec.local_address, spec.local_prefix);
    if (key == "remote")
        return address(value, spec.remote_address, spec.remote_prefix);
    if (key == "port")
        return ports(value, spec.local_port, spec.local_port_end);
    if (key == "remote-port")
        return ports(value, spec.remote_port, spec.remote_port_end);
    std::uint64_t budget = 0;
    bool known = key == "budget" && number(value, 10, max_flows, &budget);
    spec.budget = static_cast<std::uint32_t>(budget);
    return known;
}

} // namespace

Failure parse_flow(std::string_view words, FlowSpec& spec) {
    spec = every_packet(0);
    for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
        std::size_t equals = word.find('=');
        if (equals == std::string_view::npos || !word_of(word.substr(0, equals), word.substr(equals + 1), spec))
            return "flow wants ether=, protocol=, local=, remote=, port=, remote-port= or budget=, each with what it "
                   "means";
    }
    return nullptr;
}

} // namespace exo::steward
