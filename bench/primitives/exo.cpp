// The primitives on the exokernel: a native program, which is its own library OS. Calls are the kernel's, memory,
// threads and waiting the kit's. Protection goes to the kernel by one row a request, and traps come to the program's
// own handler, as they do for any library OS that manages its pages itself.
#include "bench/primitives/suite.hpp"

#include "bench/exo/neighbour.hpp"
#include "bench/exo/program.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/thread/thread.hpp"
#include "libos/upcall/dispatch.hpp"
#include "libos/wait/waiters.hpp"

namespace {

constexpr unsigned page_fault_vector = 14;

using TrapHandler = bench::AfterTrap (*)(void* context, std::byte* address);

TrapHandler trap_handler = nullptr;
void* trap_context = nullptr;

// A store to a protected page is the row's; everything else is the address space's.
void on_page_fault(exo::RegisterFrame& frame) {
    constexpr std::uint64_t protected_store = exo::fault::present | exo::fault::write | exo::fault::user;
    if (frame.error_code == protected_store && trap_handler != nullptr) {
        auto* const address = reinterpret_cast<std::byte*>(frame.fault_address); // Safe: a page of ours, as told.
        if (trap_handler(trap_context, address) == bench::AfterTrap::skip)
            frame.rip += bench::store_bytes;
        return;
    }
    const exo::Access access = (frame.error_code & exo::fault::write) != 0 ? exo::Access::Write : exo::Access::Read;
    if (exo::address_space().handle_fault(frame.fault_address, access) != exo::FaultResult::Resolved)
        exo::unhandled_exception(frame);
}

std::uint64_t address_of(const void* place) {
    return reinterpret_cast<std::uint64_t>(place); // Safe: a number for the kernel.
}

class ExoPort {
public:
    ExoPort() { exo::set_exception_handler(page_fault_vector, on_page_fault); }

    void null_call() { (void)exo::sys::version(); }

    std::byte* touched_pages(std::size_t count) { return map(count, exo::Backing::Eager); }
    std::byte* map_on_demand(std::size_t count) { return map(count, exo::Backing::DemandZero); }
    void unmap(std::byte* page, std::size_t count) {
        bench::require(exo::address_space().unmap(address_of(page), count * bench::page_bytes).has_value(),
                       "unmapping");
    }

    void protect(std::byte* page, std::size_t count) { set_rights(page, count, exo::right::Read); }
    void unprotect(std::byte* page, std::size_t count) {
        set_rights(page, count, exo::right::Read | exo::right::Write);
    }

    void on_trap(TrapHandler handler, void* context) {
        trap_handler = handler;
        trap_context = context;
    }

    void spawn(void (*body)(void*), void* argument) {
        body_ = body;
        argument_ = argument;
        const auto enter = [](void* raw) -> std::uint64_t {
            const auto& port = *static_cast<ExoPort*>(raw);
            port.body_(port.argument_);
            return 0;
        };
        thread_ = bench::required(exo::Thread::create({.entry = enter, .argument = this}), "creating a thread");
    }
    void join() { bench::require(thread_->join().has_value(), "joining a thread"); }
    void yield() { exo::thread_yield(); }

    void wait(std::atomic<std::uint32_t>& word, std::uint32_t expected) {
        (void)exo::waiters().wait(address_of(&word), expected);
    }
    void wake_one(std::atomic<std::uint32_t>& word) { (void)exo::waiters().wake(address_of(&word), 1); }

    // Made once; later batches find it where they left it.
    void start_answering_domain() {
        if (answering_.made())
            return;
        answering_.make();
        gate_ = answering_.open_gate();
    }
    void domain_round_trip() {
        const exo::sys::Reply reply = exo::sys::call_words(gate_, ++request_);
        bench::require(reply.status.ok() && reply.word[0] == request_, "calling another environment");
    }
    void stop_answering_domain() {}

    void print(std::string_view text) { bench::print(text); }

private:
    static std::byte* map(std::size_t count, exo::Backing backing) {
        const std::uint64_t address =
            bench::required(exo::address_space().map(
                                {.bytes = count * bench::page_bytes, .backing = backing, .page_order = exo::order_4k}),
                            "mapping memory");
        return reinterpret_cast<std::byte*>(address); // Safe: just mapped, and the caller's.
    }

    static void set_rights(std::byte* page, std::size_t count, exo::Rights rights) {
        const exo::BindOp row{
            exo::BindKind::Protect, rights | exo::bind_flag::size_4k, exo::no_handle, address_of(page), 0, count, 0};
        bench::required(exo::sys::bind(exo::self, &row, 1), "changing the rights of pages");
    }

    exo::Thread* thread_ = nullptr;
    void (*body_)(void*) = nullptr;
    void* argument_ = nullptr;
    bench::Neighbour answering_;
    exo::Handle gate_ = exo::no_handle;
    std::uint64_t request_ = 0;
};

} // namespace

int exo_main(const exo::StartInfo& start) {
    bench::Effort effort = bench::Effort::measure;
    std::string_view only;
    for (std::uint32_t i = 1; i < start.argument_count; ++i) {
        const std::string_view argument = bench::program_argument(start, i);
        if (argument == "--smoke")
            effort = bench::Effort::smoke;
        else
            only = argument;
    }
    static ExoPort port;
    if (bench::PrimitiveSuite(port, effort).run(only))
        return 0;
    bench::print("primitives: no such row\n");
    return 1;
}
