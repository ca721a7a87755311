// One end of a TCP connection with somebody else, by the network stack's stream.
#pragma once

#include "libos-hpc/socket/stream_link.hpp"
#include "libos/net/tcp/stream.hpp"

namespace exo::hpc {

class NetworkLink final : public StreamLink {
public:
    NetworkLink() = default;
    // Of a connection that was accepted.
    explicit NetworkLink(net::TcpStream&& stream);

    // Begins to connect; is_connected or `broken` by and by. Errors: as TcpStream::connect.
    Done connect(net::Endpoint remote, net::Endpoint local);
    bool is_connected() const { return stream_.is_open() && !stream_.is_connecting(); }

    std::size_t readable() const override { return stream_.is_open() ? stream_.readable_octets() : 0; }
    std::size_t read(std::span<std::byte> into) override { return stream_.is_open() ? stream_.read(into) : 0; }
    std::size_t peek(std::span<std::byte> into, std::size_t skip) const override;
    std::size_t room() const override { return stream_.is_open() ? stream_.send_room() : 0; }
    bool is_writable() const override;
    std::size_t write(std::span<const std::byte> from) override;
    void finish() override;
    void refuse() override;
    void close(bool abort) override;
    void refresh() override;
    void apply(const SocketOptions& options) override;
    linux_abi::TcpInfo info() const override;

private:
    static void changed(void* link);

    net::TcpStream stream_;
};

} // namespace exo::hpc
