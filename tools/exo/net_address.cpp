// IPv4 addresses as `--ip` takes them, and the variable that hands them on. See net.hpp.
#include "tools/exo/net.hpp"

#include <charconv>
#include <format>

namespace exo::tool {

namespace {

std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t most) {
    std::uint32_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool digits = error == std::errc() && stop == text.data() + text.size();
    const bool leading_zero = text.size() > 1 && text.front() == '0'; // octal to some readers
    return digits && !leading_zero && value <= most ? std::optional(value) : std::nullopt;
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
    std::uint32_t address = 0;
    for (int octet = 0; octet < 4; ++octet) {
        const std::size_t dot = text.find('.');
        if ((dot == std::string_view::npos) != (octet == 3))
            return std::nullopt;
        const auto value = parse_number(text.substr(0, dot), 255);
        if (!value)
            return std::nullopt;
        address = address << 8 | *value;
        text.remove_prefix(octet == 3 ? 0 : dot + 1);
    }
    return address;
}

// An address that a single machine may have: neither 0/8, 127/8 nor multicast and above.
bool of_one_machine(std::uint32_t address) {
    const std::uint32_t first = address >> 24;
    return first != 0 && first != 127 && first < 224;
}

} // namespace

Outcome<std::string> parse_address(std::string_view text) {
    const auto refuse = [&](std::string_view why) { return usage_error(std::format("--ip {}: {}", text, why)); };
    if (text == "dhcp")
        return std::string(text);
    const std::size_t comma = text.find(','), slash = text.find('/');
    const auto address = parse_ipv4(text.substr(0, slash));
    if (!address || slash == std::string_view::npos)
        return refuse("an address is dhcp or A.B.C.D/PREFIX[,GATEWAY], such as 10.0.0.1/24");
    const auto prefix = parse_number(text.substr(slash + 1, comma - slash - 1), 32);
    if (!prefix || *prefix == 0)
        return refuse("the prefix is a whole number from 1 to 32");
    const std::uint32_t host_part = *prefix == 32 ? 0 : UINT32_MAX >> *prefix;
    const std::uint32_t host = *address & host_part;
    if (!of_one_machine(*address) || (*prefix < 31 && (host == 0 || host == host_part)))
        return refuse("that is not the address of one machine");
    if (comma == std::string_view::npos)
        return std::string(text);
    const auto gateway = parse_ipv4(text.substr(comma + 1));
    if (!gateway)
        return refuse("the gateway is an address A.B.C.D");
    if (((*gateway ^ *address) & ~host_part) != 0 || *gateway == *address)
        return refuse("the gateway is another machine of the same network");
    return std::string(text);
}

std::string address_words(const std::vector<NetInterface>& interfaces) {
    std::string words;
    for (const NetInterface& interface : interfaces)
        words += (words.empty() ? "" : " ") + interface.address;
    return words;
}

} // namespace exo::tool
