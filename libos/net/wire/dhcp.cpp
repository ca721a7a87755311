// See dhcp.hpp.
#include "libos/net/wire/dhcp.hpp"

#include <algorithm>
#include <bit>

namespace exo::net {

namespace {

constexpr std::size_t options_begin = 240;
constexpr std::uint32_t cookie = 0x6382'5363;
constexpr std::size_t octets_min = 300; // as BOOTP's were: some servers refuse less
constexpr std::uint16_t please_broadcast = 0x8000;

namespace option {
constexpr std::uint8_t pad = 0, mask = 1, router = 3, name_server = 6, requested = 50, lease = 51, type = 53,
                       server = 54, parameters = 55, size_max = 57, renew = 58, rebind = 59, client = 61, end = 255;
}

class Options {
public:
    explicit Options(std::byte* at) : at_(at) {}
    void octet(std::uint8_t code, std::uint8_t value) {
        begin(code, 1);
        *at_++ = std::byte{value};
    }
    void address(std::uint8_t code, Ipv4Address value) {
        if (value.is_any())
            return;
        begin(code, 4);
        store32(at_, value.wire);
        at_ += 4;
    }
    std::byte* begin(std::uint8_t code, std::uint8_t octets) {
        *at_++ = std::byte{code};
        *at_++ = std::byte{octets};
        return at_;
    }
    void skip(std::size_t octets) { at_ += octets; }
    std::byte* at() { return at_; }

private:
    std::byte* at_;
};

// The prefix length of a mask; none unless it is ones, then zeros.
std::optional<std::uint8_t> prefix_of(std::uint32_t mask) {
    const int ones = std::countl_one(mask);
    return std::popcount(mask) == ones ? std::optional(static_cast<std::uint8_t>(ones)) : std::nullopt;
}

// One option into the answer; false: its length is not what it must be.
bool read_option(DhcpAnswer& answer, std::uint8_t code, std::span<const std::byte> value) {
    const auto number = [&](std::uint32_t& into) {
        if (value.size() != 4)
            return false;
        into = big32(value.data());
        return true;
    };
    const auto first_address = [&](Ipv4Address& into) {
        if (value.size() < 4 || value.size() % 4)
            return false;
        into = {load32(value.data())};
        return true;
    };
    std::uint32_t mask = 0;
    switch (code) {
    case option::type:
        if (value.size() != 1)
            return false;
        answer.type = static_cast<DhcpType>(value[0]);
        return true;
    case option::mask:
        if (!number(mask))
            return false;
        answer.prefix = prefix_of(mask);
        return answer.prefix.has_value();
    case option::router:
        return first_address(answer.router);
    case option::name_server:
        return first_address(answer.name_server);
    case option::server:
        return value.size() == 4 && first_address(answer.server);
    case option::lease:
        return number(answer.lease_s);
    case option::renew:
        return number(answer.renew_s);
    case option::rebind:
        return number(answer.rebind_s);
    default:
        return true;
    }
}

} // namespace

std::size_t write_dhcp(std::span<std::byte> into, const DhcpQuestion& question) {
    std::fill_n(into.begin(), octets_min, std::byte{0});
    std::byte* const at = into.data();
    at[0] = std::byte{1}; // a question
    at[1] = std::byte{1}; // Ethernet
    at[2] = std::byte{6};
    put_big32(at + 4, question.transaction);
    put_big16(at + 8, question.seconds);
    put_big16(at + 10, question.current.is_any() ? please_broadcast : std::uint16_t{0});
    store32(at + 12, question.current.wire);
    __builtin_memcpy(at + 28, question.client.data(), question.client.size());
    put_big32(at + 236, cookie);
    Options options(at + options_begin);
    options.octet(option::type, static_cast<std::uint8_t>(question.type));
    std::byte* const client = options.begin(option::client, 7);
    client[0] = std::byte{1};
    __builtin_memcpy(client + 1, question.client.data(), question.client.size());
    options.skip(7);
    options.address(option::requested, question.requested);
    options.address(option::server, question.server);
    put_big16(options.begin(option::size_max, 2), static_cast<std::uint16_t>(dhcp_octets_max + 28));
    options.skip(2);
    constexpr std::uint8_t wanted[] = {option::mask,  option::router, option::name_server,
                                       option::lease, option::renew,  option::rebind};
    __builtin_memcpy(options.begin(option::parameters, sizeof wanted), wanted, sizeof wanted);
    options.skip(sizeof wanted);
    *options.at() = std::byte{option::end};
    return octets_min;
}

std::optional<DhcpAnswer> parse_dhcp(std::span<const std::byte> octets, std::uint32_t transaction,
                                     const MacAddress& client) {
    if (octets.size() < options_begin)
        return {};
    const std::byte* const at = octets.data();
    const bool for_us = at[0] == std::byte{2} && at[1] == std::byte{1} && at[2] == std::byte{6} &&
                        big32(at + 4) == transaction && big32(at + 236) == cookie &&
                        __builtin_memcmp(at + 28, client.data(), client.size()) == 0;
    if (!for_us)
        return {};
    DhcpAnswer answer{
        .type = DhcpType{0}, .offered = {load32(at + 16)}, .server = {}, .prefix = {}, .router = {}, .name_server = {}};
    for (auto rest = octets.subspan(options_begin); !rest.empty();) {
        const auto code = std::to_integer<std::uint8_t>(rest[0]);
        if (code == option::end)
            break;
        if (code == option::pad) {
            rest = rest.subspan(1);
            continue;
        }
        if (rest.size() < 2 || rest.size() - 2 < std::to_integer<std::size_t>(rest[1]))
            return {};
        const auto length = std::to_integer<std::size_t>(rest[1]);
        if (!read_option(answer, code, rest.subspan(2, length)))
            return {};
        rest = rest.subspan(2 + length);
    }
    const bool known =
        answer.type == DhcpType::Offer || answer.type == DhcpType::Acknowledge || answer.type == DhcpType::Refuse;
    return known ? std::optional(answer) : std::nullopt;
}

} // namespace exo::net
