// Event bits and waiters: what arrives, and that a waiter that is gone is not written to.
#include "libos/event/events.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/mask.hpp"
#include "secure-bindings/abi/syscall.hpp"
#include "tests/kit/check.hpp"

#include <new>

namespace kit_tests {

namespace {

constexpr std::uint64_t soon_ns = 2'000'000, late_ns = 5'000'000'000;

void waiter_hears() {
    exo::EventWaiter waiter;
    KIT_CHECK(waiter.open(0).has_value());
    KIT_CHECK(!waiter.open(0).has_value()); // it has one
    auto signal = exo::event_capability(waiter.bit());
    KIT_CHECK(signal.has_value());
    KIT_CHECK(!waiter.poll());
    KIT_CHECK(exo::sys::signal(*signal).ok());
    KIT_CHECK(waiter.wait(exo::tsc() + exo::ns_to_cycles(late_ns)));
    KIT_CHECK(!waiter.wait(exo::tsc() + exo::ns_to_cycles(soon_ns)));
    KIT_CHECK(exo::sys::drop(*signal).ok());
}

void waiter_goes() {
    alignas(exo::EventWaiter) unsigned char place[sizeof(exo::EventWaiter)];
    auto* waiter = new (place) exo::EventWaiter;
    KIT_CHECK(waiter->open(0).has_value());
    const exo::EventBit bit = waiter->bit();
    auto signal = exo::event_capability(bit);
    KIT_CHECK(signal.has_value());
    {
        // Signalled while it is there, handled when it is not any more.
        exo::MaskGuard mask;
        KIT_CHECK(exo::sys::signal(*signal).ok());
        waiter->~EventWaiter();
        exo::fill_bytes(place, 0, sizeof place);
    }
    KIT_CHECK(exo::sys::signal(*signal).ok());
    bool untouched = true;
    for (const unsigned char byte : place)
        untouched &= byte == 0;
    KIT_CHECK(untouched);
    // The bit can be had again.
    exo::EventWaiter next;
    KIT_CHECK(next.open(0).has_value());
    KIT_CHECK(next.bit().bit == bit.bit);
    KIT_CHECK(exo::sys::drop(*signal).ok());
}

} // namespace

const Case event_cases[2] = {
    {"a waiter hears its event once", waiter_hears},
    {"a waiter that is gone is left alone", waiter_goes},
};

} // namespace kit_tests
