// See packet_memory.hpp.
#include "libos/net/packet_memory.hpp"

#include "libos/memory/heap.hpp"

namespace exo::net {

Status PacketMemory::open(Function& function, std::size_t packets, PacketPool& pool) {
    books_ = static_cast<Packet*>(heap_allocate(packets * sizeof(Packet)));
    if (!books_)
        return std::unexpected(Error::TableFull);
    auto memory = function.allocate_dma(packets * packet_buffer_bytes);
    if (!memory) {
        heap_free(books_);
        books_ = nullptr;
        return std::unexpected(memory.error());
    }
    memory_ = *memory;
    pool.open({memory_.address, memory_.bytes}, memory_.physical, {books_, packets});
    return {};
}

void PacketMemory::close(Function& function) {
    if (!books_)
        return;
    function.free_dma(memory_);
    heap_free(books_);
    books_ = nullptr;
}

} // namespace exo::net
