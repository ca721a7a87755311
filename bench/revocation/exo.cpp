// How long from asking for a resource back to having it. Each round lends the neighbour something that it uses, asks
// for it, and reads the clock once nothing of the loan is left: after the neighbour, which shares the core, was given
// the core and complied; or after the kernel took what the neighbour kept. What is lent: loan.hpp.
#include "bench/exo/program.hpp"
#include "bench/revocation/loan.hpp"
#include "bench/revocation/rounds.hpp"

namespace {

constexpr std::uint64_t far_away = ~0ull;
constexpr std::uint64_t at_once = 1; // a deadline that has passed
constexpr std::uint64_t turns_max = 100'000;

enum class Answer { release, abort };

// The owner's side of a release: it lets the neighbour run until nothing derives from the loan.
void wait_for_return(exo::Handle lent) {
    for (std::uint64_t turn = 0; turn < turns_max; ++turn) {
        (void)exo::sys::yield(exo::no_handle, 0);
        exo::CapabilityInfo info;
        bench::required(exo::sys::inspect(lent, &info), "looking at a loan");
        if (info.children == 0)
            return;
    }
    bench::require(false, "getting a loan back");
}

void take(exo::Handle lent) {
    for (std::uint64_t turn = 0; turn < turns_max; ++turn) {
        const exo::CallResult taken = exo::sys::repossess(lent);
        if (taken.is(exo::Error::Again))
            continue;
        bench::required(taken, "taking a loan");
        return;
    }
    bench::require(false, "taking a loan");
}

// Lets the neighbour go on until it has dealt with the request, be it that it was stopped between giving back and
// noting so, or that it has yet to learn what was asked of it in vain.
void see_request_answered(bench::Neighbour& neighbour, std::uint64_t answered) {
    for (std::uint64_t turn = 0; turn < turns_max; ++turn) {
        if (neighbour.board().answered != answered)
            return;
        (void)exo::sys::yield(exo::no_handle, 0);
    }
    bench::require(false, "hearing from the neighbour");
}

std::uint64_t one_round(bench::Neighbour& neighbour, bench::Loan& loan, Answer answer) {
    bench::Board& board = neighbour.board();
    const std::uint64_t answered = board.answered, returned = board.returned;
    board.complies = answer == Answer::release ? 1 : 0;
    const exo::Handle lent = loan.lend(neighbour);

    const std::uint64_t start = bench::read_tsc();
    bench::required(exo::sys::revoke(lent, answer == Answer::release ? far_away : at_once), "asking for a loan");
    answer == Answer::release ? wait_for_return(lent) : take(lent);
    const std::uint64_t cycles = bench::read_tsc() - start;

    see_request_answered(neighbour, answered);
    bench::require(board.answered == answered + 1, "asking once");
    bench::require(board.returned == returned + (answer == Answer::release ? 1 : 0), "telling a release from an abort");
    loan.end(lent);
    return cycles;
}

void print(std::string_view name, std::string_view percentile, std::uint64_t cycles) {
    char label[64];
    std::size_t length = 0;
    for (const std::string_view part : {name, percentile})
        for (const char letter : part)
            if (length < sizeof label)
                label[length++] = letter;
    char buffer[bench::row_bytes_max];
    bench::print(bench::format_row(buffer, {label, length}, "cycles", cycles * 1000));
}

void measure(std::string_view name, bench::Neighbour& neighbour, bench::Loan& loan, Answer answer,
             std::uint32_t rounds) {
    static bench::Rounds all;
    all = {};
    one_round(neighbour, loan, answer); // once unmeasured
    for (std::uint32_t i = 0; i < rounds; ++i)
        all.add(one_round(neighbour, loan, answer));
    print(name, "_p50", all.percentile(50));
    print(name, "_p99", all.percentile(99));
}

} // namespace

int exo_main(const exo::StartInfo& start) {
    const bool smoke = bench::program_argument(start, 1) == "--smoke";
    const std::uint32_t rounds = smoke ? bench::rounds_smoke : bench::rounds_max;
    static bench::Neighbour neighbour;
    neighbour.make();
    neighbour.answer_requests();

    static bench::FramesLoan frames;
    static bench::SliceLoan slice;
    static bench::FunctionLoan function;
    measure("frames_release", neighbour, frames, Answer::release, rounds);
    measure("frames_abort", neighbour, frames, Answer::abort, rounds);
    measure("slice_release", neighbour, slice, Answer::release, rounds);
    measure("slice_abort", neighbour, slice, Answer::abort, rounds);
    measure("function_release", neighbour, function, Answer::release, rounds);
    measure("function_abort", neighbour, function, Answer::abort, rounds);
    return 0;
}
