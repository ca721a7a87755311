// See neighbour.hpp. The functions that run inside it use constants, their stack and exokernel calls alone: the
// program's data is not mapped there.
#include "bench/exo/neighbour.hpp"

#include "bench/exo/program.hpp"

namespace bench {

using exo::page_bytes;

namespace {

constexpr std::uint64_t base = 0x7000'0000'0000ull;
constexpr std::uint64_t board_address = base;
constexpr std::uint64_t upcall_address = base + page_bytes;
constexpr std::uint64_t stack_address = base + 2 * page_bytes;
constexpr std::uint64_t stack_pages = 3; // from the bottom: gate, upcall, start
constexpr std::uint64_t own_pages = 2 + stack_pages;
constexpr std::uint64_t table_frames = 2;
constexpr std::uint64_t environment_frames = 3 + table_frames;
constexpr std::uint64_t pair_frames = 24;
constexpr std::uint64_t settling_yields = 16;
static_assert(Neighbour::lent_pages_address >= base + own_pages * page_bytes);
static_assert(Neighbour::lent_pages_address + Neighbour::lent_pages_max * page_bytes <= base + exo::large_page_bytes);

// A stack pointer as a called function finds it.
constexpr std::uint64_t stack_top(std::uint64_t page) {
    return stack_address + (page + 1) * page_bytes - 8;
}

// Safe in both: pages that `make` mapped there in the neighbour.
Board& own_board() {
    return *reinterpret_cast<Board*>(board_address);
}
exo::UpcallPage& own_upcall() {
    return *reinterpret_cast<exo::UpcallPage*>(upcall_address);
}

void look_at_requests() {
    Board& board = own_board();
    // Acquire: pairs with the kernel's release when it set the bit.
    const std::uint64_t bits = __atomic_exchange_n(&own_upcall().pending, 0, __ATOMIC_ACQUIRE);
    if ((bits & exo::pending::revocation) == 0)
        return;
    if (board.complies != 0) {
        exo::CallResult dropped = exo::sys::drop(board.asked_back);
        while (dropped.is(exo::Error::Again)) // bounded by the kernel: each call does a part of the work
            dropped = exo::sys::drop(board.asked_back);
        board.returned = board.returned + (dropped.ok() ? 1 : 0);
    }
    board.answered = board.answered + 1;
}

[[noreturn]] void wait_for_requests() {
    for (;;) {
        look_at_requests();
        own_upcall().masked = 0;
        (void)exo::sys::wait(~0ull, exo::pending::revocation);
    }
}

// What was interrupted is the wait above, which needs no resuming: it begins anew, on the upcall stack.
[[noreturn]] void on_upcall() {
    wait_for_requests();
}

[[noreturn]] void accept_calls() {
    for (;;)
        (void)exo::sys::reply(0, 0, 0, 0);
}

// Entered by a transfer: badge and words in registers.
[[noreturn]] void on_call(std::uint64_t, std::uint64_t word) {
    Board& board = own_board();
    board.calls = board.calls + 1;
    (void)exo::sys::reply(0, word, 0, 0);
    accept_calls(); // when something was pending, the reply returned
}

template <typename Function>
std::uint64_t entry_of(Function* function) {
    return reinterpret_cast<std::uint64_t>(function); // Safe: an address for the kernel.
}

// The program's text and constants, as the neighbour may see them.
void share_program(exo::Handle environment, TablePairs& pairs) {
    const exo::StartInfo& start = exo::start_info();
    for (std::uint64_t i = 0; i < start.mapping_count; ++i) {
        const exo::StartMapping& mapping = start.mappings[i];
        const bool image = mapping.address >= start.image_begin && mapping.address < start.image_end;
        if (!image || (mapping.rights & exo::right::Write) != 0)
            continue;
        const exo::Rights rights = exo::right::Read | exo::right::Execute;
        const std::uint64_t part =
            required(exo::sys::derive(start.frame_runs[0].handle, exo::Kind::Frames, rights | exo::right::Grant,
                                      mapping.first_frame, mapping.pages),
                     "deriving the program's frames");
        const std::uint64_t given = required(exo::sys::grant(part, environment), "granting the program's frames");
        add_tables(environment, pairs, mapping.address, mapping.address + mapping.pages * page_bytes);
        bind_row(environment,
                 page_row(given, mapping.address, mapping.first_frame, mapping.pages,
                          static_cast<exo::Rights>(mapping.rights)),
                 "showing the program to its neighbour");
    }
}

} // namespace

void Neighbour::make() {
    const std::uint64_t first = take_spare(environment_frames, 2);
    environment_ =
        required(exo::sys::environment_create(exo::start_info().machine, spare_handle(), first, table_frames),
                 "creating a neighbour");
    exo::CapabilityInfo about;
    required(exo::sys::inspect(environment_, &about), "looking at the neighbour");
    number_ = about.first;

    const std::uint64_t frames = take_spare(pair_frames + own_pages + 1, 2), pages = frames + pair_frames;
    const std::uint64_t lent = required(
        exo::sys::derive(spare_handle(), exo::Kind::Frames, memory_rights, frames, pair_frames + own_pages + 1),
        "deriving the neighbour's frames");
    const exo::Handle own = grant(lent);
    TablePairs pairs{.frames = own, .first = frames, .count = pair_frames};
    auto* const mapped = map_spare(pages, own_pages);
    board_ = reinterpret_cast<Board*>(mapped);                         // Safe: a zeroed page; the neighbour's board.
    upcall_ = reinterpret_cast<exo::UpcallPage*>(mapped + page_bytes); // Safe: the same for its upcall page.

    add_tables(environment_, pairs, base, base + exo::large_page_bytes);
    bind_row(environment_, page_row(own, base, pages, own_pages, exo::right::Read | exo::right::Write),
             "showing the neighbour its pages");
    share_program(environment_, pairs);

    upcall_->upcall_entry = entry_of(on_upcall);
    upcall_->upcall_stack = stack_top(1);
    upcall_->wanted = exo::pending::revocation;
    upcall_->masked = 1;
    const exo::VcoreSpec spec{own, pages + own_pages, pages + 1, exo::start_info().vcore_core[0]};
    required(exo::sys::vcore_create(environment_, &spec), "making the neighbour's vcore");
}

exo::Handle Neighbour::open_gate() {
    upcall_->wanted = 0;
    upcall_->gate_entry = entry_of(on_call);
    upcall_->gate_stack = stack_top(0);
    required(exo::sys::start(environment_, 0, entry_of(accept_calls), stack_top(2), 0), "starting the neighbour");
    settle();
    return required(exo::sys::derive(environment_, exo::Kind::Gate, exo::right::Call, number_ << 32, 1),
                    "deriving a gate");
}

void Neighbour::answer_requests() {
    required(exo::sys::start(environment_, 0, entry_of(wait_for_requests), stack_top(2), 0), "starting the neighbour");
    settle();
}

void Neighbour::settle() {
    for (std::uint64_t i = 0; i < settling_yields; ++i)
        (void)exo::sys::yield(exo::no_handle, 0);
}

exo::Handle Neighbour::grant(exo::Handle capability) {
    return required(exo::sys::grant(capability, environment_), "granting to the neighbour");
}

} // namespace bench
