// The one lock of the kernel: held for everything that changes ownership, bindings or who runs.
// Exceptions handed up, reflected calls and the null call never take it. A core that waits for it still
// answers TLB shootdowns, so its holder may wait for every core.
#pragma once

namespace exo {

void kernel_lock();
void kernel_unlock();

class KernelLockGuard {
public:
    KernelLockGuard() { kernel_lock(); }
    ~KernelLockGuard() { kernel_unlock(); }
    KernelLockGuard(const KernelLockGuard&) = delete;
    KernelLockGuard& operator=(const KernelLockGuard&) = delete;
};

} // namespace exo
