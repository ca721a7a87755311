// A condition variable for kit threads, used with mutex.hpp.
#pragma once

#include "libos/thread/mutex.hpp"

namespace exo {

class Condition {
public:
    // The mutex is held before and after. False when the deadline passed first.
    bool wait(Mutex& mutex, std::uint64_t deadline_tsc = no_deadline);
    void wake_one();
    void wake_all();

private:
    WaitList waiters_;
};

} // namespace exo
