// What goes with a file when its last user goes. Interface: file.hpp.
#include "libos-hpc/file/file.hpp"

#include "libos-hpc/file/epoll_file.hpp"
#include "libos-hpc/file/file_locks.hpp"

namespace exo::hpc {

File::~File() {
    if (has_lock_)
        file_locks().release(*this);
    if (watched_.load(std::memory_order_relaxed))
        EpollFile::forget(*this);
}

} // namespace exo::hpc
