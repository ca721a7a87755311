// Programs that do not end, or take longer than is allowed.
#include "tests/unit/filter/refused.hpp"

using namespace exo;
using namespace exo::test;

TEST_CASE("refused: loops that never end") {
    CHECK_REFUSED(program(mov(r0, 0), ja(-1), leave()), Rule::Endless, 1);
    CHECK_REFUSED(program(mov(r0, 0), ja(0), ja(-2), leave()), Rule::Endless, 1);
    CHECK_REFUSED(program(mov(r0, 0), encode(0x06, 0, 0, 0, -1), leave()), Rule::Endless, 1);
    // The condition never changes.
    CHECK_REFUSED(program(ldx(4, r2, r1, 24), mov(r0, 0), jump(JumpOp::Ne, r2, 60, -2), leave()), Rule::Endless, 1);
    // Each round reads the clock, but nothing says that it ends.
    CHECK_REFUSED(program(call(3), jump(JumpOp::Ne, r0, 0, -2), leave()), Rule::Endless, 0);
    // Comes back on one of two paths.
    CHECK_REFUSED(program(ldx(4, r2, r1, 28), mov(r0, 0), jump(JumpOp::Eq, r2, 1, 1), leave(), ja(-4)), Rule::Endless,
                  4);
}

TEST_CASE("refused: loops that take too long") {
    // Counts, but nobody looks.
    CHECK_REFUSED(program(mov(r0, 0), add(r0, 1), ja(-2), leave()), Rule::Cost, 2);
    CHECK_REFUSED(program(mov(r0, 0), add(r0, 1), jump(JumpOp::Ne, r0, 1 << 20, -2), leave()), Rule::Cost, 2);
    CHECK_REFUSED(program(mov(r0, 0), add(r0, 1), jump(JumpOp::Lt, r0, filter_cost_max / 2, -2), leave()), Rule::Cost,
                  2);
    // A helper takes more than an instruction.
    CHECK_REFUSED(program(mov(r6, 0), call(3), add(r6, 1), jump(JumpOp::Lt, r6, 460, -3), mov(r0, 0), leave()),
                  Rule::Cost, 2);
}

TEST_CASE("refused: more paths than are followed") {
    // A number that grows by a bit, or not, each time: every sum is another one.
    Program diamonds = program(ldx(4, r2, r1, 28), mov(r0, 0));
    for (int k = 0; k < 16; ++k) {
        const Program diamond = program(jump(JumpOp::Set, r2, std::int64_t{1} << k, 1), add(r0, std::int64_t{1} << k));
        append(diamonds, diamond);
    }
    CHECK_REFUSED(program(diamonds, leave()), Rule::TooComplex, 32);
}

TEST_CASE("refused: more addresses on the stack than are kept in mind") {
    Program spills = program(mov(r0, 0));
    for (int k = 1; k <= 13; ++k)
        append(spills, stx(8, r10, -8 * k, r1));
    CHECK_REFUSED(program(spills, leave()), Rule::TooManySpills, 13);
}
