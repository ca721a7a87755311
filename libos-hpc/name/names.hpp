// The program's view of the tree of names: the root, the working directory, the umask, and what is mounted where.
#pragma once

#include "libos-hpc/vfs/path.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {

class Names {
public:
    // Built at the first use. Empty only when memory ran out.
    Ref<Place> root();
    // First the first share, if there is one.
    Ref<Place> working_directory();
    void set_working_directory(Ref<Place> place);
    std::uint32_t umask() const { return umask_.load(std::memory_order_relaxed); }
    std::uint32_t set_umask(std::uint32_t mask) { return umask_.exchange(mask, std::memory_order_relaxed); }

private:
    Ref<Place> root_locked();

    Mutex lock_;
    Ref<Place> root_;
    Ref<Place> working_;
    std::atomic<std::uint32_t> umask_{022};
};

Names& names();

} // namespace exo::hpc
