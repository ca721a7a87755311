// Locks of ranges of a file, of the process or of an open file description (fcntl(2)).
#pragma once

#include "libos-hpc/call/answer.hpp"
#include "libos-hpc/call/user.hpp"

namespace exo::hpc::call {

// `command`: of fcntl_command::, those with lock in their name. Errors: BADF, FAULT, INVAL, OVERFLOW, AGAIN, INTR,
// NOMEM.
Answer lock_range(int fd, std::uint32_t command, User<linux_abi::FileLock> where);

} // namespace exo::hpc::call
