// Memory orderings between a driver and a device that share rings in ordinary, cache-coherent memory.
// Named for their purpose; on x86 all but one only hold the compiler back (Intel SDM 3, 8.2).
#pragma once

#include <atomic>
#include <cstdint>

namespace exo {

// Everything stored before is visible to the device before the doorbell store that follows.
inline void before_doorbell() {
    std::atomic_thread_fence(std::memory_order_release);
}

// What the device wrote before it announced a completion is read after this, never before.
inline void after_completion() {
    std::atomic_thread_fence(std::memory_order_acquire);
}

// A store before is visible to the device before a load after is done: the index is published before the
// device's wish for notifications is read (as in virtio 1.2, 2.7.13.4.1).
inline void between_publishing_and_looking() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

// Single accesses to ring memory that the other side reads or writes at any time.
template <typename T>
T load_shared(const T& place) {
    return __atomic_load_n(&place, __ATOMIC_RELAXED);
}
template <typename T>
void store_shared(T& place, T value) {
    __atomic_store_n(&place, value, __ATOMIC_RELAXED);
}

} // namespace exo
