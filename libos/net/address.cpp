// See address.hpp.
#include "libos/net/address.hpp"

namespace exo::net {

namespace {

// A decimal number at the beginning of `text`, without leading zeros, and takes it off.
std::optional<unsigned> take_number(std::string_view& text, unsigned largest) {
    std::size_t digits = 0;
    unsigned value = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        value = value * 10 + static_cast<unsigned>(text[digits] - '0');
        if (value > largest || (digits == 1 && text[0] == '0'))
            return {};
        digits++;
    }
    if (digits == 0)
        return {};
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char character) {
    if (!text.starts_with(character))
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Ipv4Address> take_address(std::string_view& text) {
    std::uint32_t number = 0;
    for (int part = 0; part < 4; part++) {
        if (part > 0 && !take(text, '.'))
            return {};
        const auto octet = take_number(text, 255);
        if (!octet)
            return {};
        number = number << 8 | *octet;
    }
    return Ipv4Address::from_number(number);
}

} // namespace

std::optional<Ipv4Address> parse_address(std::string_view text) {
    const auto address = take_address(text);
    return text.empty() ? address : std::nullopt;
}

std::optional<Ipv4Configuration> parse_configuration(std::string_view text) {
    const auto address = take_address(text);
    if (!address || !take(text, '/'))
        return {};
    const auto prefix = take_number(text, 32);
    if (!prefix || address->is_any() || address->is_multicast() || address->is_limited_broadcast())
        return {};
    Ipv4Configuration result{.address = *address, .prefix = static_cast<std::uint8_t>(*prefix), .gateway = {}};
    if (take(text, ',')) {
        const auto gateway = take_address(text);
        if (!gateway || !result.is_on_link(*gateway) || *gateway == *address)
            return {};
        result.gateway = *gateway;
    }
    return text.empty() ? std::optional(result) : std::nullopt;
}

std::string_view format_address(Ipv4Address address, std::span<char, address_text_max> text) {
    std::size_t length = 0;
    const std::uint32_t number = address.number();
    for (int shift = 24; shift >= 0; shift -= 8) {
        const unsigned octet = number >> shift & 255;
        if (octet >= 100)
            text[length++] = static_cast<char>('0' + octet / 100);
        if (octet >= 10)
            text[length++] = static_cast<char>('0' + octet / 10 % 10);
        text[length++] = static_cast<char>('0' + octet % 10);
        text[length++] = shift ? '.' : '\0';
    }
    return {text.data(), length - 1};
}

} // namespace exo::net
