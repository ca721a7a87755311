// Event bits of the vcores: handing them out, handling them, and waiting for one from a thread.
// A bit is signalled by an interrupt of a function, by another environment that holds its capability, or by ourselves.
#pragma once

#include "libos/thread/thread.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

// The highest bits of each vcore are spoken for.
inline constexpr unsigned wake_event_bit = 62; // scheduler: look at the queue
// child_event_bit (info.hpp) is 63.

struct EventBit {
    std::uint32_t vcore = 0;
    std::uint32_t bit = 0;
    // As BindKind::Interrupt and Kind::Event name it.
    std::uint64_t interrupt_resource() const { return (static_cast<std::uint64_t>(vcore) << 8) | bit; }
};

// Runs masked on that vcore, possibly long after the event and once for several; must not block.
using EventHandler = void (*)(void* context, EventBit bit);

// A bit of its own. Errors: TableFull, BadArgument.
Result<EventBit> allocate_event(std::size_t vcore, EventHandler handler, void* context);
// Afterwards its handler neither runs nor will run. Not from a handler, unless of the same vcore.
void free_event(EventBit bit);
Status set_event_handler(EventBit bit, EventHandler handler, void* context);
// A capability to signal the bit, to be granted to others. Errors: as sys::derive.
Result<Handle> event_capability(EventBit bit);

// A bit that one thread at a time waits for. The bit names this object, so it stays where it is while it is open.
class EventWaiter {
public:
    EventWaiter() = default;
    ~EventWaiter() { close(); }
    EventWaiter(const EventWaiter&) = delete;
    EventWaiter& operator=(const EventWaiter&) = delete;

    // Errors: WrongState (open already), or as allocate_event.
    Status open(std::size_t vcore);
    void close();
    EventBit bit() const { return bit_; }
    // True when the event came since the last wait; false when the deadline passed first.
    bool wait(std::uint64_t deadline_tsc = no_deadline);
    // True at once when it has come.
    bool poll() { return arrived_.exchange(false, std::memory_order_acquire); }

private:
    static void handle(void* context, EventBit bit);

    EventBit bit_;
    std::atomic<bool> arrived_{false};
    std::atomic<Thread*> waiting_{nullptr};
    bool open_ = false;
};

} // namespace exo
