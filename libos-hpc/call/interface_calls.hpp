// The requests of ioctl(2) about network interfaces.
#pragma once

#include "libos-hpc/call/answer.hpp"
#include "libos-hpc/call/user.hpp"

namespace exo::hpc::call {

bool is_interface_request(std::uint32_t request);
// For a socket. Brings the network up. Errors: NODEV, ADDRNOTAVAIL, FAULT, PERM (it would change something).
Answer ask_interface(std::uint32_t request, std::uint64_t value);

} // namespace exo::hpc::call
