// The one lock of all sockets and of the network stack beneath them: its state is small, held shortly, and the stack is
// made for one user at a time. Whoever holds it may take it again, since letting go of one socket can end another.
#pragma once

#include "libos/thread/mutex.hpp"

namespace exo::hpc {

Mutex& socket_lock();

class SocketGuard {
public:
    SocketGuard() : took_(!socket_lock().owned()) {
        if (took_)
            socket_lock().lock();
    }
    ~SocketGuard() {
        if (took_)
            socket_lock().unlock();
    }
    SocketGuard(const SocketGuard&) = delete;
    SocketGuard& operator=(const SocketGuard&) = delete;

private:
    bool took_;
};

} // namespace exo::hpc
