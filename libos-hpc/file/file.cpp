// What goes with a file when its last user goes. Interface: file.hpp.
#include "libos-hpc/file/file.hpp"

#include "libos-hpc/file/file_locks.hpp"

namespace exo::hpc {

File::~File() {
    if (has_lock_)
        file_locks().release(*this);
}

} // namespace exo::hpc
