// See asker.hpp. The functions that run inside it use constants, their stack and exokernel calls alone: the program's
// data is not mapped there. Its board and stack lie where bench/exo/neighbour.cpp puts them.
#include "tests/kit/asker.hpp"

#include "bench/exo/neighbour.hpp"
#include "bench/exo/program.hpp"

namespace kit_tests {

namespace {

enum class Command : std::uint64_t { None, Lend, AskBack, Take };

// On the neighbour's board page.
struct AskerBoard {
    volatile Command command;
    volatile exo::Handle capability; // in the asker's table
    volatile exo::Handle borrower;   // its environment, in the asker's table
    volatile std::uint64_t deadline_tsc;
    volatile exo::Handle lent;   // in the borrower's table
    volatile std::uint64_t done; // of the last command
};

constexpr std::uint64_t board_address = 0x7000'0000'0000ull;
constexpr std::uint64_t stack_top = board_address + 5 * exo::page_bytes - 8;
constexpr unsigned turns_max = 100'000;

bool carry_out(AskerBoard& board) {
    switch (board.command) {
    case Command::None:
        return true;
    case Command::Lend: {
        const exo::CallResult given = exo::sys::grant(board.capability, board.borrower);
        board.lent = given.ok() ? given.value() : exo::no_handle;
        return given.ok();
    }
    case Command::AskBack:
        return exo::sys::revoke(board.capability, board.deadline_tsc).ok();
    case Command::Take: {
        exo::CallResult taken = exo::sys::repossess(board.capability);
        for (unsigned turn = 0; turn < turns_max && taken.is(exo::Error::Again); ++turn)
            taken = exo::sys::repossess(board.capability);
        return taken.ok();
    }
    }
    return false;
}

[[noreturn]] void serve() {
    auto& board = *reinterpret_cast<AskerBoard*>(board_address); // Safe: a page that the neighbour was given.
    for (;;) {
        if (board.command != Command::None) {
            board.done = carry_out(board);
            board.command = Command::None;
        }
        (void)exo::sys::yield(exo::no_handle, 0);
    }
}

bench::Neighbour asker;

AskerBoard& board() {
    return reinterpret_cast<AskerBoard&>(asker.board());
} // Safe: the page is the asker's, zeroed.

bool order(Command command) {
    board().done = 0;
    board().command = command;
    for (unsigned turn = 0; turn < turns_max && board().command != Command::None; ++turn)
        (void)exo::sys::yield(exo::no_handle, 0);
    return board().command == Command::None && board().done;
}

void start() {
    if (asker.made())
        return;
    asker.make();
    board().borrower = asker.grant(exo::start_info().environment);
    bench::required(exo::sys::start(asker.environment(), 0, reinterpret_cast<std::uint64_t>(serve), stack_top, 0),
                    "starting the asker");
}

} // namespace

Loan borrow(exo::Handle source, exo::Kind kind, exo::Rights rights, std::uint64_t first, std::uint64_t count) {
    start();
    Loan loan;
    loan.own =
        bench::required(exo::sys::derive(source, kind, rights | exo::right::Grant, first, count), "deriving a loan");
    loan.theirs = asker.grant(loan.own);
    board().capability = loan.theirs;
    bench::require(order(Command::Lend), "lending");
    loan.lent = board().lent;
    return loan;
}

bool ask_back(const Loan& loan, std::uint64_t deadline_tsc) {
    board().capability = loan.theirs;
    board().deadline_tsc = deadline_tsc;
    return order(Command::AskBack);
}

bool take(const Loan& loan) {
    board().capability = loan.theirs;
    return order(Command::Take);
}

// The asker's holds nothing below it any more, or the program's own.
void end(const Loan& loan) {
    if (held(loan.lent))
        (void)exo::sys::drop(loan.lent);
}

bool held(exo::Handle handle) {
    exo::CapabilityInfo info{};
    return exo::sys::inspect(handle, &info).ok();
}

} // namespace kit_tests
