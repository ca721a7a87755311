// How many cycles the server's processor has been busy: instructions while those are counted, whatever it waited.
#pragma once

#include "libos/net/network.hpp"

#include <cstdint>

namespace bench::load {

// Asks bench/linux/serve.cpp, which runs beside a server of Linux. Ends the program when nothing answers.
std::uint64_t busy_cycles_of_linux(exo::net::Network& network);

} // namespace bench::load
