// Interface: socket.hpp.
#include "libos-hpc/socket/socket.hpp"

#include "libos-hpc/fs/tree_fs.hpp"
#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

constexpr std::uint64_t socket_device = 8;

constinit Mutex lock;

} // namespace

Mutex& socket_lock() {
    return lock;
}

Socket::Socket(const SocketKind& kind, std::uint32_t flags)
    : File(flags | linux_abi::open_flag::read_write), kind_(kind), inode_(next_generated_inode()) {
    if (kind.family == linux_abi::address_family::internet && kind.type == linux_abi::socket_type::stream) {
        options_.send_bytes = tcp_send_bytes_default;
        options_.receive_bytes = tcp_receive_bytes_default;
    }
}

std::uint64_t Socket::deadline_after_ns(std::uint64_t ns) {
    return deadline_in_ns(ns);
}

void Socket::tell_in() {
    ++in_edges_;
    changed_.advance();
}
void Socket::tell_out() {
    ++out_edges_;
    changed_.advance();
}

Outcome<std::size_t> Socket::read(ReadBuffer buffer) {
    if (buffer.empty())
        return 0;
    const linux_abi::IoVector piece{buffer.data(), buffer.size()};
    ReceiveRequest request;
    request.pieces = {&piece, 1};
    request.bytes = buffer.size();
    return receive(request);
}

Outcome<std::size_t> Socket::write(WriteBuffer buffer) {
    // Safe: `send` only reads.
    const linux_abi::IoVector piece{const_cast<std::byte*>(buffer.data()), buffer.size()};
    return send({.pieces = {&piece, 1}, .bytes = buffer.size()});
}

Outcome<Attributes> Socket::attributes() {
    Attributes result;
    result.device = socket_device;
    result.inode = inode_;
    result.mode = linux_abi::mode::socket | 0777;
    result.accessed = result.modified = result.changed = wall_clock();
    return result;
}

} // namespace exo::hpc
