// What goes with a file when its last user goes, and which file it is. Interface: file.hpp.
#include "libos-hpc/file/file.hpp"

#include "libos-hpc/file/epoll_file.hpp"
#include "libos-hpc/file/file_locks.hpp"
#include "libos-hpc/file/record_locks.hpp"

namespace exo::hpc {

File::~File() {
    if (has_lock_) {
        file_locks().release(*this);
        record_locks().release(*this);
    }
    if (watched_.load(std::memory_order_relaxed))
        EpollFile::forget(*this);
}

// Who asks at the same time as another stores the same.
Outcome<FileIdentity> File::identity() {
    if (!identified_.load(std::memory_order_acquire)) {
        const auto found = attributes();
        if (!found)
            return fail(found.error());
        device_.store(found->device, std::memory_order_relaxed);
        inode_.store(found->inode, std::memory_order_relaxed);
        identified_.store(true, std::memory_order_release);
    }
    return FileIdentity{device_.load(std::memory_order_relaxed), inode_.load(std::memory_order_relaxed)};
}

} // namespace exo::hpc
