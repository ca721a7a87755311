// A socket address as calls carry it (a sockaddr of any family), and as what it stands for in AF_INET.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos-hpc/linux/sockets.hpp"
#include "libos/net/address.hpp"

#include <string_view>

namespace exo::hpc {

namespace linux_abi = exo::linux_abi;

struct SocketAddress {
    std::uint32_t bytes = 0; // that count; 0: none
    alignas(8) std::uint8_t octets[linux_abi::socket_address_bytes_max] = {};

    std::uint16_t family() const {
        std::uint16_t family = 0;
        if (bytes >= sizeof family)
            __builtin_memcpy(&family, octets, sizeof family);
        return family;
    }
};

// An IPv4 address and port. Errors: INVAL (too short), AFNOSUPPORT (another family).
Outcome<net::Endpoint> internet_endpoint(const SocketAddress& address);
SocketAddress internet_address(net::Endpoint endpoint);

// The name of an AF_UNIX address: a path, or with a leading NUL an abstract name; empty: unnamed. Errors: INVAL.
Outcome<std::string_view> local_name_of(const SocketAddress& address);
// At most local_path_bytes_max characters.
SocketAddress local_address(std::string_view name);

} // namespace exo::hpc
