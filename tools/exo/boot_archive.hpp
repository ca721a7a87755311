// Collects what the machine needs to boot into one archive: the steward, the manifest, the program, extra files.
// The order is part of the contract: the kernel starts the first member. The format is cpio.hpp's.
#pragma once

#include "tools/exo/options.hpp"

#include <string>

namespace exo::tool {

// Reads and checks every file first; fails before anything is written.
Outcome<std::string> build_boot_archive(const RunOptions& options, const std::string& steward_path);

} // namespace exo::tool
