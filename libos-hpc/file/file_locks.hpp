// Whole-file locks that belong to open file descriptions (flock(2)). Known to this program only: nothing of them
// reaches the host.
#pragma once

#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/file/file.hpp"
#include "libos-hpc/object/array.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {

class FileLocks {
public:
    enum class Mode : std::uint8_t { Shared, Exclusive };
    // Takes or converts the lock. Errors: AGAIN (held by another, and `waits` is false), INTR, NOMEM (the kernel's
    // ENOLCK has the same meaning).
    Done take(File& file, Mode mode, bool waits);
    // Does nothing when there is none. Called when a file goes.
    void release(const File& file);

private:
    struct Lock {
        const File* owner;
        std::uint64_t device, inode;
        Mode mode;
    };

    Mutex mutex_;
    ChangeCounter changed_;
    Array<Lock> locks_;
};

FileLocks& file_locks();

} // namespace exo::hpc
