// The cases on NICs that hang on taps of the host (taps.bash).
#pragma once

#include "libos/net/port_wishes.hpp"
#include "tests/network/check.hpp"

#include <optional>

namespace network_tests {

// Opens the machine's three NICs, of which the wire names two; nothing, with a line in the log, when they are not what
// the cases need.
std::optional<Wire> open_taps(const exo::StartInfo& start, exo::net::PortWishes wishes);
extern const Case tap_cases[5];

} // namespace network_tests
