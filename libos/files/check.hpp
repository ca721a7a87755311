// Whether a file system that could be opened is sound: names, inodes and pages belong together, and every page holds
// what was written to it. Changes nothing unless it is to repair.
#pragma once

#include "libos/files/files.hpp"

namespace exo::files {

struct CheckReport {
    std::uint64_t directories = 0, files = 0, symlinks = 0, others = 0, names = 0;
    // What is wrong; each is 0 in a sound file system.
    std::uint64_t unreachable_inodes = 0; // no way leads there from the root
    std::uint64_t stray_pages = 0;        // of no inode, or of one that is no file
    std::uint64_t shared_pages = 0;       // two of them in one place
    store::ScrubReport scrub{};           // what was found by reading everything

    bool is_sound() const { return !unreachable_inodes && !stray_pages && !shared_pages && !scrub.damaged_pages; }
};

// Errors: NoMemory, Io. `report.scrub.damaged`, if any, is called for each page that is lost. With `repair`, as
// Store::scrub.
Status check(Files& files, CheckReport& report, bool repair = false);

} // namespace exo::files
