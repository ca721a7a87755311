// Interface: file_locks.hpp.
#include "libos-hpc/file/file_locks.hpp"

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit FileLocks locks;

} // namespace

FileLocks& file_locks() {
    return locks;
}

Done FileLocks::take(File& file, Mode mode, bool waits) {
    const auto found = file.identity();
    if (!found)
        return fail(found.error());
    release(file); // a conversion gives the old lock up first (flock(2))
    for (;;) {
        std::uint32_t seen = changed_.seen();
        {
            MutexGuard guard(mutex_);
            bool conflicts = false;
            for (const Lock& lock : locks_) {
                conflicts = conflicts || (lock.inode == found->inode && lock.device == found->device &&
                                          (mode == Mode::Exclusive || lock.mode == Mode::Exclusive));
            }
            if (!conflicts) {
                if (!locks_.push({&file, found->device, found->inode, mode}))
                    return fail(Errno::NOMEM);
                file.set_has_lock(true);
                return {};
            }
        }
        if (!waits)
            return fail(Errno::AGAIN);
        if (auto waited = changed_.wait(seen); !waited)
            return waited;
    }
}

void FileLocks::release(const File& file) {
    bool any = false;
    {
        MutexGuard guard(mutex_);
        for (std::size_t i = locks_.size(); i-- > 0;) {
            if (locks_[i].owner == &file) {
                locks_.erase(i);
                any = true;
            }
        }
    }
    if (any)
        changed_.advance();
}

} // namespace exo::hpc
