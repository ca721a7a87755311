// Where a stack's connections lie: in blocks that the kit's heap gives as they are needed, and that stay. Not for
// users: stream.hpp.
#pragma once

#include "libos/net/tcp/connection.hpp"

#include <array>

namespace exo::net {

class ConnectionStore {
public:
    ConnectionStore() = default;
    ConnectionStore(const ConnectionStore&) = delete;
    ConnectionStore& operator=(const ConnectionStore&) = delete;

    // As it is made, in state Free. Null: tcp_connections_max are out, or there is no memory.
    TcpConnection* allocate();
    void free(TcpConnection& connection);
    // Nobody holds any.
    void free_all();
    // All of them, those that are free too.
    template <typename Visitor>
    void for_each(const Visitor& visit) {
        for (std::size_t block = 0; block < block_count_; block++)
            for (TcpConnection& connection : blocks_[block]->connections)
                visit(connection);
    }

private:
    static constexpr std::size_t block_connections = 64;
    struct Block {
        std::array<TcpConnection, block_connections> connections;
    };

    bool add_block();

    std::array<Block*, tcp_connections_max / block_connections> blocks_{};
    std::size_t block_count_ = 0;
    TcpConnection* free_ = nullptr;
};

} // namespace exo::net
