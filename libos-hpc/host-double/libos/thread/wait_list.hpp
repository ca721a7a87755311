// Stands in for libos/thread/wait_list.hpp in host tests, where nobody waits.
#pragma once

namespace exo {

class WaitList {
public:
    bool empty() const { return true; }
};

} // namespace exo
