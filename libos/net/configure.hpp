// A native program's network from what it was started with: the NICs among its functions, and EXO_IP in its
// environment, which `exo run --ip` sets: for each NIC in order `dhcp` or A.B.C.D/P[,GATEWAY], separated by spaces.
// Without EXO_IP every NIC asks DHCP.
#pragma once

#include "libos/net/ip/interface.hpp"
#include "libos/start/start_info.hpp"

namespace exo::net {

// The kit's TSC.
const Clock& net_clock();
// For Network::open, from the starter's randomness; each call another one.
Seed net_seed(const StartInfo& start);

// The statuses a program ends with when it has no network.
inline constexpr int status_no_network = 69; // EX_UNAVAILABLE of sysexits

// Takes a sentence, with the end of its line.
using Say = void (*)(std::string_view line);
void say_on_log(std::string_view line);

// Ends the program with a status; called within Network::poll. Does not return.
using End = void (*)(int status);
void end_environment(int status);

// Opens every NIC, gives it its address and adds it to `network`, which it opens. A lease is waited for, polling, and
// probed. An address that EXO_IP says is used at once and probed meanwhile (RFC 5227's probes, but not its wait); when
// another station turns out to have it, `end` is called with status_no_network. Where `end` is null it is waited for as
// well. 0, or, after one clear sentence to `say`: status_no_network (no NIC, a NIC that does not open, no lease, an
// address in use), or 64 when EXO_IP cannot be read. `interfaces_max` at most; the objects live as long as the program.
int configure(const StartInfo& start, Network& network, Say say = say_on_log, End end = end_environment);

} // namespace exo::net
