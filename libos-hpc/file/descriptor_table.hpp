// The table of file descriptors: small numbers for open file descriptions, lowest free one first.
#pragma once

#include "libos-hpc/file/file.hpp"
#include "libos/thread/spin_lock.hpp"

namespace exo::hpc {

inline constexpr std::size_t descriptors_max = 1024;

class DescriptorTable {
public:
    // The lowest free descriptor from `lowest` on. Errors: MFILE, INVAL (lowest beyond the limit).
    Outcome<int> add(Ref<File> file, bool close_on_exec, std::size_t lowest = 0);
    // Puts the file at exactly that descriptor; what was there is closed. Errors: BADF.
    Done put(int descriptor, Ref<File> file, bool close_on_exec);
    // Errors: BADF.
    Outcome<Ref<File>> get(int descriptor) const;
    // Hands the file out, so that its last user goes outside the lock. Errors: BADF.
    Outcome<Ref<File>> remove(int descriptor);
    Outcome<bool> close_on_exec(int descriptor) const;
    Done set_close_on_exec(int descriptor, bool on);
    // The soft limit, at most descriptors_max; descriptors above it stay open.
    void set_limit(std::size_t limit) { limit_ = limit < descriptors_max ? limit : descriptors_max; }
    std::size_t limit() const { return limit_; }
    // The first open descriptor from `from` on, or -1.
    int next_open(int from) const;

private:
    struct Entry {
        Ref<File> file;
        bool close_on_exec = false;
    };
    bool valid(int descriptor) const {
        return descriptor >= 0 && static_cast<std::size_t>(descriptor) < descriptors_max && entries_[descriptor].file;
    }

    mutable SpinLock lock_;
    std::size_t limit_ = descriptors_max;
    Entry entries_[descriptors_max];
};

} // namespace exo::hpc
