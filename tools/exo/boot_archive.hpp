// Collects what the machine needs to boot into one archive: the steward, the manifest, the program, extra files.
// The order is part of the contract: the kernel starts the first member. The format is cpio.hpp's.
#pragma once

#include "tools/exo/options.hpp"

#include <string>

namespace exo::tool {

// What of this system's own goes into it.
struct BootFiles {
    std::string steward;
    std::string library_os; // put beneath a program that was not linked with one
};

// Reads and checks every file first; fails before anything is written.
Outcome<std::string> build_boot_archive(const RunOptions& options, const BootFiles& own);

} // namespace exo::tool
