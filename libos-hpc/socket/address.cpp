// Interface: address.hpp.
#include "libos-hpc/socket/address.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::hpc {

using linux_abi::InternetSocketAddress;

Outcome<net::Endpoint> internet_endpoint(const SocketAddress& address) {
    InternetSocketAddress internet;
    if (address.bytes < sizeof internet)
        return fail(Errno::INVAL);
    if (address.family() != linux_abi::address_family::internet)
        return fail(Errno::AFNOSUPPORT);
    copy_bytes(&internet, address.octets, sizeof internet);
    return net::Endpoint{{internet.address}, net::swapped(internet.port)};
}

SocketAddress internet_address(net::Endpoint endpoint) {
    const InternetSocketAddress internet{
        linux_abi::address_family::internet, net::swapped(endpoint.port), endpoint.address.wire, {}};
    SocketAddress address;
    address.bytes = sizeof internet;
    copy_bytes(address.octets, &internet, sizeof internet);
    return address;
}

Outcome<std::string_view> local_name_of(const SocketAddress& address) {
    constexpr std::size_t offset = linux_abi::local_path_offset;
    if (address.bytes < offset || address.bytes > offset + linux_abi::local_path_bytes_max ||
        address.family() != linux_abi::address_family::local)
        return fail(Errno::INVAL);
    // Safe: characters of the address itself.
    const std::string_view name(reinterpret_cast<const char*>(address.octets) + offset, address.bytes - offset);
    return name.empty() || name[0] == '\0' ? name : name.substr(0, name.find('\0'));
}

SocketAddress local_address(std::string_view name) {
    constexpr std::uint16_t family = linux_abi::address_family::local;
    const bool is_path = !name.empty() && name[0] != '\0'; // then with its NUL
    SocketAddress address;
    copy_bytes(address.octets, &family, sizeof family);
    copy_bytes(address.octets + sizeof family, name.data(), name.size());
    address.bytes = static_cast<std::uint32_t>(sizeof family + name.size() + (is_path ? 1 : 0));
    return address;
}

} // namespace exo::hpc
