// See connection_store.hpp.
#include "libos/net/tcp/connection_store.hpp"

#include "libos/memory/heap.hpp"

namespace exo::net {

bool ConnectionStore::add_block() {
    Block* const block = block_count_ < blocks_.size() ? heap_new<Block>() : nullptr;
    if (!block)
        return false;
    blocks_[block_count_++] = block;
    for (TcpConnection& connection : block->connections)
        free(connection);
    return true;
}

TcpConnection* ConnectionStore::allocate() {
    if (!free_ && !add_block())
        return nullptr;
    TcpConnection* const connection = free_;
    free_ = connection->next_free;
    connection->next_free = nullptr;
    return connection;
}

void ConnectionStore::free(TcpConnection& connection) {
    connection = {};
    connection.next_free = free_;
    free_ = &connection;
}

void ConnectionStore::free_all() {
    free_ = nullptr;
    for_each([this](TcpConnection& connection) { free(connection); });
}

} // namespace exo::net
