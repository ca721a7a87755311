// An event bit a vcore, made at the first use. Interface: attention.hpp.
#include "libos-hpc/signal/attention.hpp"

#include "libos-hpc/signal/delivery.hpp"
#include "libos/event/events.hpp"
#include "libos/thread/spin_lock.hpp"
#include "secure-bindings/abi/syscall.hpp"

namespace exo::hpc {
namespace {

struct alignas(64) Attention {
    Handle signal = no_handle;
    std::atomic<std::uint64_t> count{0};
};
constinit Attention attention[max_cores];
constinit SpinLock lock; // of making the events

// Masked, on the vcore that was called upon.
void look(void*, EventBit bit) {
    attention[bit.vcore].count.fetch_add(1, std::memory_order_seq_cst); // a full barrier: membarrier counts on it
    look_at_signals();
}

} // namespace

bool draw_attention(std::size_t vcore) {
    Handle handle;
    {
        SpinGuard guard(lock);
        Attention& one = attention[vcore];
        if (one.signal == no_handle) {
            auto bit = allocate_event(vcore, look, nullptr);
            auto made = bit ? event_capability(*bit) : std::unexpected(bit.error());
            if (!made)
                return false;
            one.signal = *made;
        }
        handle = one.signal;
    }
    return sys::signal(handle).ok();
}

std::uint64_t attention_count(std::size_t vcore) {
    return attention[vcore].count.load(std::memory_order_seq_cst);
}

} // namespace exo::hpc
