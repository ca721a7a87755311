// The memory of a port's packets: one run that the NIC's function reaches, and the books about it.
#pragma once

#include "libos/device/function.hpp"
#include "libos/net/packet.hpp"

namespace exo::net {

class PacketMemory {
public:
    // Opens `pool` over `packets` packets in the function's DMA window. Errors: TableFull, or as
    // Function::allocate_dma.
    Status open(Function& function, std::size_t packets, PacketPool& pool);
    // The device reaches none of it any more, and nobody holds a packet.
    void close(Function& function);

private:
    DmaMemory memory_;
    Packet* books_ = nullptr;
};

} // namespace exo::net
