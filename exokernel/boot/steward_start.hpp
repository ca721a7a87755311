// Puts the first environment together by hand: the one program the kernel loads itself.
#pragma once

#include "exokernel/memory/boot_memory.hpp"

namespace exo {

// `archive`: physical address and bytes of the boot archive, whose first member is the steward's image.
// Takes the last boot frames, turns what is left into the steward's root capabilities, and makes its vcore ready.
void steward_start(std::uint64_t archive, std::uint64_t archive_bytes);

} // namespace exo
