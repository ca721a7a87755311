// A ticket lock: first come, first served. See lock.hpp.
#include "exokernel/cpu/lock.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/memory/tlb.hpp"

#include <cstdint>

namespace exo {

namespace {
std::uint32_t next_ticket;
std::uint32_t now_serving;
} // namespace

void kernel_lock() {
    std::uint32_t ticket = __atomic_fetch_add(&next_ticket, 1u, __ATOMIC_RELAXED);
    // acquire; pairs with the release in kernel_unlock
    while (__atomic_load_n(&now_serving, __ATOMIC_ACQUIRE) != ticket) {
        tlb_answer();
        pause();
    }
}

void kernel_unlock() {
    __atomic_store_n(&now_serving, now_serving + 1, __ATOMIC_RELEASE);
}

} // namespace exo
