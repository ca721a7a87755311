// The suite over libos/net on two ports, one thread polling both ends, or on one port of each of two machines. Compiled
// once for every program that runs it, so that what is between their packets is the same code; what is below the ports
// is the program's matter.
#pragma once

#include "bench/network/suite.hpp"
#include "libos/net/port.hpp"
#include "libos/net/random.hpp"

namespace bench::network {

struct StackSuite {
    Request request;
    exo::net::Seed seed;
    std::uint64_t (*kernel_entries)(); // how often the kernel was entered so far; null where there is none
};

// `other` is null in one of two machines, whose own end is then at `client`. False when a packet did not come back.
bool run_stack_suite(exo::net::Port& client, exo::net::Port* other, const StackSuite& how);
// The same as the first while a neighbour at the other end's NIC, who reads nothing, is sent a burst before each
// packet.
bool run_stack_flood_suite(exo::net::Port& client, exo::net::Port& other, exo::net::Port& neighbour,
                           const StackSuite& how);
// The same over a TCP connection.
bool run_stack_tcp_suite(exo::net::Port& client, exo::net::Port* other, const StackSuite& how);

} // namespace bench::network
