// Messages of programs into packets of the network stack.
#pragma once

#include "libos-hpc/socket/socket.hpp"
#include "libos/net/packet.hpp"

namespace exo::hpc {

// Appends a message to a packet, in as many further ones of its pool as it needs. False: not so many are left.
bool fill_chain(net::Packet& first, Pieces pieces);

} // namespace exo::hpc
