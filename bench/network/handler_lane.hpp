// The suite over flows whose other end is a handler: verified code that the kernel runs on what comes, and that sends
// it back. The client builds and checks its datagrams itself, as the peer's does.
#pragma once

#include "bench/network/suite.hpp"
#include "libos/net/port.hpp"
#include "libos/start/start_info.hpp"

#include <span>

namespace bench::network {

// Binds the echo program to `flows`, all of the other end's NIC, and runs. False when a packet did not come back.
bool run_handler_suite(exo::net::Port& client, exo::net::Port& other, std::span<const exo::StartFlow> flows,
                       const Request& request);

} // namespace bench::network
