// The table of names. From paths to names: local_paths.cpp. Interface: local_names.hpp.
#include "libos-hpc/socket/local_names.hpp"

#include "libos/memory/bytes.hpp"

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit LocalNames names_of_sockets;

} // namespace

LocalNames& local_names() {
    return names_of_sockets;
}

bool LocalName::is_same(const LocalName& other) const {
    if (device || inode || other.device || other.inode)
        return device == other.device && inode == other.inode;
    return type == other.type && address.bytes == other.address.bytes &&
           compare_bytes(address.octets, other.address.octets, address.bytes) == 0;
}

Done LocalNames::add(const LocalName& name, Socket& socket) {
    if (find(name))
        return fail(Errno::ADDRINUSE);
    if (!entries_.push({name, &socket}))
        return fail(Errno::NOMEM);
    return {};
}

void LocalNames::remove(const Socket& socket) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].socket == &socket) {
            entries_.erase(i);
            return;
        }
    }
}

Socket* LocalNames::find(const LocalName& name) const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].name.is_same(name))
            return entries_[i].socket;
    }
    return nullptr;
}

// As Linux numbers them: a NUL and five hexadecimal digits.
Outcome<LocalName> LocalNames::unused_name(std::uint32_t type) {
    constexpr std::uint32_t numbers = 1u << 20;
    for (std::uint32_t tried = 0; tried < numbers; ++tried) {
        char text[6] = {};
        const std::uint32_t number = next_++ % numbers;
        for (unsigned i = 0; i < 5; ++i)
            text[5 - i] = "0123456789abcdef"[(number >> (4 * i)) & 15];
        LocalName name;
        name.type = type;
        name.address = local_address({text, sizeof text});
        if (!find(name))
            return name;
    }
    return fail(Errno::ADDRINUSE);
}

} // namespace exo::hpc
