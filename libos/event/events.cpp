// See events.hpp. One table of handlers a vcore; the lock is for handing bits out, not for handling them.
#include "libos/event/events.hpp"

#include "libos/event/event_table.hpp"
#include "libos/memory/heap.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/thread/switching.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/dispatch.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <bit>

namespace exo {

namespace {

// Read without a lock on its vcore: the context is there before the function, and stays when the function goes.
struct Handler {
    std::atomic<EventHandler> handle{nullptr};
    std::atomic<void*> context{nullptr};

    void set(EventHandler function, void* argument) {
        context.store(argument, std::memory_order_relaxed);
        handle.store(function, std::memory_order_release); // pairs with the acquire in event_upcall
    }
};
struct Table {
    Handler handlers[events_per_vcore];
    std::uint64_t used = 0;
    std::atomic<bool> handling{false}; // its vcore is between reading a handler and the handler's end
};

SpinLock lock;
Table* tables;
std::size_t table_count;

bool valid(EventBit bit) {
    return bit.vcore < table_count && bit.bit < events_per_vcore;
}

void event_upcall(RegisterFrame*) {
    Vcore& vcore = this_vcore();
    // Acquire pairs with the kernel's release.
    std::uint64_t bits = __atomic_exchange_n(&vcore.upcall.events, 0, __ATOMIC_ACQUIRE);
    const auto index = static_cast<std::uint32_t>(vcore.index);
    Table& table = tables[index];
    // Ordered against free_event, which takes the handler away and then looks at this.
    table.handling.store(true, std::memory_order_seq_cst);
    while (bits) {
        const auto bit = static_cast<std::uint32_t>(std::countr_zero(bits));
        bits &= bits - 1;
        const Handler& handler = table.handlers[bit];
        if (const EventHandler handle = handler.handle.load(std::memory_order_acquire))
            handle(handler.context.load(std::memory_order_relaxed), {index, bit});
    }
    table.handling.store(false, std::memory_order_release);
}

} // namespace

Status open_events(std::size_t vcores) {
    tables = static_cast<Table*>(heap_allocate(vcores * sizeof(Table)));
    if (!tables)
        return std::unexpected(Error::TableFull);
    for (std::size_t i = 0; i < vcores; ++i)
        new (&tables[i]) Table{};
    table_count = vcores;
    for (std::size_t i = 0; i < vcores; ++i)
        tables[i].used = (1ull << wake_event_bit) | (1ull << child_event_bit);
    set_pending_handler(pending::event, event_upcall);
    return {};
}

Result<EventBit> allocate_event(std::size_t vcore, EventHandler handler, void* context) {
    if (vcore >= table_count)
        return std::unexpected(Error::BadArgument);
    SpinGuard guard(lock);
    Table& table = tables[vcore];
    const auto bit = static_cast<std::uint32_t>(std::countr_one(table.used));
    if (bit >= events_per_vcore)
        return std::unexpected(Error::TableFull);
    table.used |= 1ull << bit;
    table.handlers[bit].set(handler, context);
    return EventBit{static_cast<std::uint32_t>(vcore), bit};
}

void free_event(EventBit bit) {
    if (!valid(bit))
        return;
    MaskGuard mask;
    Table& table = tables[bit.vcore];
    table.handlers[bit.bit].handle.store(nullptr, std::memory_order_seq_cst);
    // On this vcore no handler runs now. Elsewhere one may: handlers do not block, so it is over in a moment.
    while (bit.vcore != this_vcore_index() && table.handling.load(std::memory_order_seq_cst))
        pause();
    LockGuard guard(lock);
    table.used &= ~(1ull << bit.bit);
}

Status set_event_handler(EventBit bit, EventHandler handler, void* context) {
    if (!valid(bit))
        return std::unexpected(Error::BadArgument);
    SpinGuard guard(lock);
    tables[bit.vcore].handlers[bit.bit].set(handler, context);
    return {};
}

Result<Handle> event_capability(EventBit bit) {
    const std::uint64_t name = (environment_number() << 32) | (std::uint64_t{bit.vcore} << 8) | bit.bit;
    const CallResult result = sys::derive(start_info().environment, Kind::Event, right::Signal | right::Grant, name, 1);
    if (!result.ok())
        return std::unexpected(result.error());
    return result.value();
}

void EventWaiter::handle(void* context, EventBit) {
    auto* waiter = static_cast<EventWaiter*>(context);
    waiter->arrived_.store(true, std::memory_order_seq_cst);
    if (Thread* thread = waiter->waiting_.load(std::memory_order_seq_cst))
        scheduler().wake_parked(*thread);
}

Status EventWaiter::open(std::size_t vcore) {
    if (open_)
        return std::unexpected(Error::WrongState);
    auto bit = allocate_event(vcore, handle, this);
    if (!bit)
        return std::unexpected(bit.error());
    bit_ = *bit;
    open_ = true;
    return {};
}

void EventWaiter::close() {
    if (open_)
        free_event(bit_);
    open_ = false;
}

bool EventWaiter::wait(std::uint64_t deadline_tsc) {
    waiting_.store(&this_thread(), std::memory_order_seq_cst);
    bool come = poll();
    while (!come && tsc() < deadline_tsc) {
        scheduler().park_unless(arrived_, deadline_tsc);
        come = poll();
    }
    waiting_.store(nullptr, std::memory_order_seq_cst);
    return come;
}

} // namespace exo
