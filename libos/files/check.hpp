// Whether a file system that could be opened is sound: names, inodes and pages belong together, and every page holds
// what was written to it. Changes nothing.
#pragma once

#include "libos/files/files.hpp"

namespace exo::files {

struct CheckReport {
    std::uint64_t directories = 0, files = 0, symlinks = 0, others = 0, names = 0, pages = 0;
    // What is wrong; each is 0 in a sound file system.
    std::uint64_t unreachable_inodes = 0; // no way leads there from the root
    std::uint64_t stray_pages = 0;        // of no inode, or of one that is no file
    std::uint64_t shared_pages = 0;       // two of them in one place
    std::uint64_t damaged_pages = 0;

    bool is_sound() const { return !unreachable_inodes && !stray_pages && !shared_pages && !damaged_pages; }
};

// Errors: NoMemory, Io. `damaged`, if any, is called for each damaged page.
Status check(Files& files, CheckReport& report,
             void (*damaged)(void* context, std::uint64_t inode, std::uint64_t index) = nullptr,
             void* context = nullptr);

} // namespace exo::files
