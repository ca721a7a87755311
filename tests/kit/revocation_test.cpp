// What the kit does by itself when something is asked back, and when it was taken.
#include "bench/exo/spare.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/start/revocation.hpp"
#include "libos/thread/thread.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/dispatch.hpp"
#include "libos/upcall/vcore.hpp"
#include "tests/kit/asker.hpp"
#include "tests/kit/check.hpp"

namespace kit_tests {

namespace {

constexpr std::uint64_t run_frames = 2048; // 8 MiB
constexpr std::uint64_t soon_ns = 5'000'000'000;
constexpr std::uint64_t late_ns = 3'600'000'000'000;

std::uint64_t late() {
    return exo::tsc() + exo::ns_to_cycles(late_ns);
}

Loan borrow_frames(std::uint64_t count) {
    return borrow(bench::spare_handle(), exo::Kind::Frames, bench::memory_rights, bench::take_spare(count, 512), count);
}

std::uint64_t first_of(const Loan& loan) {
    exo::CapabilityInfo info{};
    (void)exo::sys::inspect(loan.lent, &info);
    return info.first;
}

// Handlers may run on another vcore, and slices go when the vcore has nothing left to run.
template <typename Condition>
bool soon(Condition&& holds) {
    for (const std::uint64_t end = exo::tsc() + exo::ns_to_cycles(soon_ns); !holds();) {
        if (exo::tsc() > end)
            return false;
        (void)exo::thread_sleep_until(exo::tsc() + exo::ns_to_cycles(10'000));
    }
    return true;
}

bool comes_back(const Loan& loan) {
    return soon([&] { return !held(loan.lent); });
}

void free_run() {
    const Loan loan = borrow_frames(run_frames);
    const exo::FrameStatistics before = exo::frames().statistics();
    KIT_CHECK(exo::frames().add_run(loan.lent, first_of(loan), run_frames).has_value());
    KIT_CHECK(exo::frames().statistics().total == before.total + run_frames);
    KIT_CHECK(held(loan.lent));
    KIT_CHECK(ask_back(loan, late()));
    KIT_CHECK(comes_back(loan));
    KIT_CHECK(soon([&] { return exo::frames().statistics().total == before.total; }));
    KIT_CHECK(exo::frames().handle_of(first_of(loan)) == exo::no_handle);
}

void used_run() {
    const Loan loan = borrow_frames(run_frames);
    const std::uint64_t first = first_of(loan);
    const std::uint64_t free_before = exo::frames().statistics().free;
    KIT_CHECK(exo::frames().add_run(loan.lent, first, run_frames).has_value());
    // Something that only fits there: everything else is full for the moment.
    exo::Handle of_block = exo::no_handle;
    std::uint64_t others[1024];
    std::size_t count = 0;
    std::uint64_t block = 0;
    while (of_block != loan.lent && count < 1024) {
        auto got = exo::frames().allocate(exo::order_2m);
        if (!got)
            break;
        of_block = exo::frames().handle_of(*got);
        if (of_block == loan.lent)
            block = *got;
        else
            others[count++] = *got;
    }
    for (std::size_t i = 0; i < count; ++i)
        exo::frames().free(others[i], exo::frames_per_large);
    KIT_CHECK(block != 0);
    auto* bytes = reinterpret_cast<volatile std::uint64_t*>(exo::frame_memory(block)); // Safe: just allocated.
    bytes[7] = 0x1234;
    KIT_CHECK(ask_back(loan, late()));
    KIT_CHECK(held(loan.lent)); // some of it is in use
    KIT_CHECK(bytes[7] == 0x1234);
    // But no more of it is handed out.
    KIT_CHECK(soon([&] { return exo::frames().statistics().free == free_before; }));
    exo::frames().free(block, exo::frames_per_large);
    KIT_CHECK(comes_back(loan));
    KIT_CHECK(exo::frames().statistics().free == free_before);
}

// The program's own block of start information says which frames are spare: for this case those of the loan.
void spare_frames() {
    auto& start = const_cast<exo::StartInfo&>(exo::start_info()); // Safe: a page of the program, writable.
    const exo::StartFrames kept = start.spare;
    const Loan loan = borrow_frames(64);
    const std::uint64_t first = first_of(loan);
    start.spare = {loan.lent, first, 64, first};
    exo::RegionRequest request;
    request.bytes = exo::page_bytes;
    request.page_order = exo::order_4k;
    // Bound under the loan's own capability, by hand.
    auto place = exo::address_space().map(request);
    KIT_CHECK(place.has_value());
    exo::BindOp row{exo::BindKind::Page, exo::bind_flag::size_4k, exo::no_handle, *place, 0, 1, 0};
    KIT_CHECK(exo::sys::unbind(exo::self, &row, 1).ok());
    row = bench::page_row(loan.lent, *place, first, 1, exo::right::Read);
    KIT_CHECK(exo::sys::bind(exo::self, &row, 1).ok());
    KIT_CHECK(ask_back(loan, late()));
    KIT_CHECK(held(loan.lent)); // the program uses it
    row = {exo::BindKind::Page, exo::bind_flag::size_4k, exo::no_handle, *place, 0, 1, 0};
    KIT_CHECK(exo::sys::unbind(exo::self, &row, 1).ok());
    KIT_CHECK(ask_back(loan, late()));
    KIT_CHECK(comes_back(loan));
    start.spare = kept;
}

// Half of the core's slots by way of the asker; the other half stays. With several vcores, the thread goes to another;
// alone, it stays.
void slices() {
    auto& start = const_cast<exo::StartInfo&>(exo::start_info()); // Safe: as above.
    const exo::Handle own = start.slices[0];
    constexpr std::uint64_t half = exo::wheel_slots / 2;
    const std::uint64_t slot = start.vcore_core[0] * exo::wheel_slots + half;
    exo::BindOp row{exo::BindKind::Slice, 0, own, 0, slot, half, 0};
    KIT_CHECK(exo::sys::unbind(exo::self, &row, 1).ok());
    const Loan loan = borrow(own, exo::Kind::Slices, exo::right::Bind, slot, half);
    row.handle = loan.lent;
    KIT_CHECK(exo::sys::bind(exo::self, &row, 1).ok());
    const auto* wheels = reinterpret_cast<const volatile exo::Wheel*>(exo::info_wheels); // Safe: an info page.
    const volatile exo::Wheel& wheel = wheels[start.vcore_core[0]];
    KIT_CHECK(wheel.slot[half] == wheel.slot[0]);
    start.slices[0] = loan.lent;
    KIT_CHECK(ask_back(loan, late()));
    KIT_CHECK(comes_back(loan));
    KIT_CHECK(wheel.slot[half] == exo::no_vcore);
    KIT_CHECK(start.vcore_count == 1 ||
              exo::this_vcore_index() != 0); // the thread has moved to one that has time of its own
    start.slices[0] = own;
    end(loan);
    (void)exo::sys::drop(loan.own); // refused while the asker holds its part; then the slots stay nobody's
}

// Memory that is in use until the deadline and then taken: touching it is an error that can be told, not a fault for
// ever.
void taken_memory() {
    const Loan loan = borrow_frames(64);
    const std::uint64_t first = first_of(loan);
    exo::RegionRequest request;
    request.bytes = 4 * exo::page_bytes;
    request.page_order = exo::order_4k;
    request.backing = exo::Backing::DemandZero;
    auto place = exo::address_space().map(request);
    KIT_CHECK(place.has_value());
    auto* bytes = reinterpret_cast<volatile std::uint64_t*>(*place); // Safe: just mapped.
    bytes[0] = 1;
    KIT_CHECK(bytes[0] == 1 && bytes[1] == 0);
    KIT_CHECK(exo::address_space().unmap(*place, request.bytes).has_value());
    // The same place with the loan's frames behind it.
    KIT_CHECK(exo::frames().add_run(loan.lent, first, 64).has_value());
    request.address = *place;
    request.placement = exo::Placement::Fixed;
    auto again = exo::address_space().map_frames(request, first + 32);
    KIT_CHECK(again.has_value());
    bytes[0] = 5;
    KIT_CHECK(exo::address_space().handle_fault(*place, exo::Access::Read) == exo::FaultResult::Resolved);
    auto kept = exo::frames().allocate(exo::order_4k);
    const std::uint64_t total = exo::frames().statistics().total;
    const std::uint64_t deadline = exo::tsc() + exo::ns_to_cycles(1'000'000);
    exo::set_pending_handler(exo::pending::revocation, nullptr); // a program that does not listen
    KIT_CHECK(ask_back(loan, deadline));
    while (exo::tsc() < deadline) {
    }
    KIT_CHECK(take(loan));
    KIT_CHECK(!held(loan.lent));
    KIT_CHECK(soon([&] { return exo::frames().statistics().total == total - 64; }));
    KIT_CHECK(soon(
        [&] { return exo::address_space().handle_fault(*place, exo::Access::Read) == exo::FaultResult::NotMapped; }));
    if (kept)
        exo::frames().free(*kept);
    exo::open_revocation();
}

} // namespace

const Case revocation_cases[5] = {
    {"a free run of memory is given back at once", free_run},
    {"a run in use is given back when it is free", used_run},
    {"spare frames are given back unless they are in use", spare_frames},
    {"a vcore gives slices up, its thread lives on", slices},
    {"memory that was taken is forgotten", taken_memory},
};

} // namespace kit_tests
