// The tables that entry.S calls through, and asynchronous causes one bit at a time.
#include "libos/upcall/dispatch.hpp"

#include "libos/upcall/mask.hpp"

#include <bit>

extern "C" {
// By exception vector; the last place is the asynchronous cause.
exo::ExceptionHandler exo_upcall_handlers[exo::frame_pending + 1];
exo::DirectHandler exo_direct_handlers[exo::direct_calls];
exo::ReflectHandler exo_reflect_handler;

void exo_upcall_entry();
void exo_reflect_entry();
extern const char exo_resume_begin[], exo_resume_end[], exo_resume_restart[];
}

namespace exo {

namespace {

constexpr std::size_t pending_bits = std::bit_width(pending::all);
PendingHandler pending_handlers[pending_bits];

void pending_upcall(RegisterFrame& frame) {
    exo_dispatch_pending(&frame);
}

void no_reflection(RegisterFrame& frame) {
    constexpr std::uint64_t not_implemented = 38; // ENOSYS, as the callers of such calls expect
    frame.rax = 0 - not_implemented;
}

} // namespace

void set_exception_handler(unsigned vector, ExceptionHandler handler) {
    constexpr unsigned page_fault = 14;
    if (vector >= frame_pending)
        return;
    if (!handler)
        handler = vector == page_fault ? default_page_fault : [](RegisterFrame& frame) { unhandled_exception(frame); };
    exo_upcall_handlers[vector] = handler;
}

ExceptionHandler exception_handler(unsigned vector) {
    return exo_upcall_handlers[vector];
}

void set_pending_handler(std::uint64_t bit, PendingHandler handler) {
    pending_handlers[std::countr_zero(bit)] = handler;
}

void set_reflect_handler(ReflectHandler handler) {
    exo_reflect_handler = handler ? handler : no_reflection;
}

void set_direct_handler(std::size_t number, DirectHandler handler) {
    if (number < direct_calls)
        exo_direct_handlers[number] = handler;
}

// Before the first vcore opens; no upcall can come earlier.
void open_dispatch() {
    for (unsigned vector = 0; vector < frame_pending; ++vector)
        set_exception_handler(vector, nullptr);
    exo_upcall_handlers[frame_pending] = pending_upcall;
    set_reflect_handler(nullptr);
}

void open_vcore(std::size_t index, std::uint64_t core, std::uint64_t stack) {
    Vcore& vcore = vcore_at(index);
    // Safe: the library OS decides what GS is; nobody below it uses it.
    asm volatile("wrgsbase %0" : : "r"(&vcore) : "memory");
    vcore.self = &vcore;
    vcore.index = index;
    vcore.core = core;
    UpcallPage& page = vcore.upcall;
    page.upcall_entry =
        reinterpret_cast<std::uint64_t>(exo_upcall_entry); // Safe: an address for the kernel, here and below.
    page.upcall_stack = stack;                             // only until the entry has found the stack of the thread
    page.reflect_entry = reinterpret_cast<std::uint64_t>(exo_reflect_entry);
    page.resume_begin = reinterpret_cast<std::uint64_t>(exo_resume_begin);
    page.resume_end = reinterpret_cast<std::uint64_t>(exo_resume_end);
    page.resume_restart = reinterpret_cast<std::uint64_t>(exo_resume_restart);
    page.wanted = pending::timer | pending::slice_end | pending::event | pending::revocation | pending::repossessed;
}

void handle_pending() {
    for (;;) {
        mask();
        exo_dispatch_pending(nullptr);
        asm volatile("movq $0, %%gs:%c0" : : "i"(UPCALL_MASKED) : "memory"); // Safe: see mask.hpp.
        const Vcore& vcore = this_vcore();
        if (!(__atomic_load_n(&vcore.upcall.pending, __ATOMIC_RELAXED) & vcore.upcall.wanted))
            return;
    }
}

} // namespace exo

void exo::exo_dispatch_pending(exo::RegisterFrame* frame) {
    exo::UpcallPage& page = exo::this_vcore().upcall;
    // Acquire pairs with the release by which the kernel sets bits: what it wrote before is seen by the handlers.
    std::uint64_t bits = __atomic_exchange_n(&page.pending, 0, __ATOMIC_ACQUIRE) & exo::pending::all;
    // A switch to another thread, if one is due, comes last: see schedule_upcall.
    while (bits) {
        const unsigned bit = static_cast<unsigned>(std::countr_zero(bits));
        bits &= bits - 1;
        if (const exo::PendingHandler handler = exo::pending_handlers[bit])
            handler(frame);
    }
    exo::after_pending(frame);
}
