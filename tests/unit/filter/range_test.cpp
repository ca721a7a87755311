// Ranges of numbers: whatever an operation or comparison does to numbers of the operands is in the range it is said to
// be. Random numbers, and those at the borders of what a range can say.
#include "secure-bindings/filter/alu.hpp"
#include "secure-bindings/filter/range.hpp"
#include "tests/unit/filter/assembler.hpp"

#include <doctest/doctest.h>
#include <random>

using namespace exo;
using namespace exo::test;
using filter::Range;

namespace {

class Numbers {
public:
    std::uint64_t any() {
        constexpr std::uint64_t borders[] = {0,
                                             1,
                                             2,
                                             7,
                                             0x7f,
                                             0x80,
                                             0xff,
                                             0x7fff,
                                             0x8000,
                                             0xffff,
                                             0x7fff'ffff,
                                             0x8000'0000,
                                             0xffff'ffff,
                                             0x1'0000'0000,
                                             0x7fff'ffff'ffff'ffff,
                                             0x8000'0000'0000'0000,
                                             0xffff'ffff'ffff'ffff,
                                             0xffff'ffff'8000'0000};
        const std::uint64_t number =
            random_() % 2 ? borders[random_() % std::size(borders)] : random_() >> random_() % 64;
        return random_() % 4 ? number : number - random_() % 3;
    }
    // A range and two numbers of it.
    Range range(std::uint64_t (&in)[2]) {
        in[0] = any();
        in[1] = random_() % 3 ? in[0] + random_() % 300 : any();
        if (random_() % 8 == 0)
            in[1] = in[0];
        Range range;
        if (random_() % 4) {
            range.umin = std::min(in[0], in[1]);
            range.umax = std::max(in[0], in[1]);
        }
        if (random_() % 4) {
            range.smin = std::min<std::int64_t>(static_cast<std::int64_t>(in[0]), static_cast<std::int64_t>(in[1]));
            range.smax = std::max<std::int64_t>(static_cast<std::int64_t>(in[0]), static_cast<std::int64_t>(in[1]));
        }
        REQUIRE(filter::reconcile(range));
        return range;
    }
    std::uint64_t below(std::uint64_t end) { return random_() % end; }

private:
    std::mt19937_64 random_{7};
};

bool holds(const Range& range, std::uint64_t number) {
    const auto as_signed = static_cast<std::int64_t>(number);
    return number >= range.umin && number <= range.umax && as_signed >= range.smin && as_signed <= range.smax;
}

FilterInstruction any_arithmetic(Numbers& numbers) {
    const auto op = static_cast<AluOp>(numbers.below(14));
    const Class c = numbers.below(2) ? Class::Alu : Class::Alu64;
    if (op == AluOp::End) {
        constexpr int widths[] = {16, 32, 64};
        const bool big = c == Class::Alu && numbers.below(2);
        return encode(opcode_of(c, 13, big), 0, 0, 0, widths[numbers.below(3)]);
    }
    int offset = 0;
    if (op == AluOp::Mov)
        offset = static_cast<int>(numbers.below(c == Class::Alu ? 3 : 4));
    else if (op == AluOp::Div || op == AluOp::Mod)
        offset = static_cast<int>(numbers.below(2));
    constexpr int extensions[] = {0, 8, 16, 32};
    return encode(opcode_of(c, static_cast<unsigned>(op), true), 0, 1, op == AluOp::Mov ? extensions[offset] : offset);
}

} // namespace

TEST_CASE("ranges hold every result of arithmetic") {
    Numbers numbers;
    std::size_t narrow = 0;
    for (int round = 0; round < 200'000; ++round) {
        const FilterInstruction i = any_arithmetic(numbers);
        std::uint64_t left[2], right[2];
        const Range a = numbers.range(left), b = numbers.range(right);
        const Range out = filter::arithmetic_range(i, a, b);
        narrow += out == Range{} ? 0 : 1;
        for (const std::uint64_t x : left)
            for (const std::uint64_t y : right) {
                INFO(int{i.opcode} << " offset " << i.offset << ": " << x << ", " << y);
                if (!holds(out, filter::evaluate(i, x, y)))
                    FAIL("not in the range");
            }
    }
    CHECK(narrow > 50'000); // they say something, too
}

TEST_CASE("ranges keep every number for which a comparison comes out so") {
    Numbers numbers;
    std::size_t refuted = 0, narrowed = 0;
    constexpr JumpOp jumps[] = {JumpOp::Eq,  JumpOp::Gt, JumpOp::Ge, JumpOp::Set, JumpOp::Ne, JumpOp::Sgt,
                                JumpOp::Sge, JumpOp::Lt, JumpOp::Le, JumpOp::Slt, JumpOp::Sle};
    for (int round = 0; round < 200'000; ++round) {
        const FilterInstruction i =
            jump(jumps[numbers.below(11)], r0, r1, 0, numbers.below(2) ? Class::Jmp : Class::Jmp32);
        std::uint64_t left[2], right[2];
        const Range a = numbers.range(left), b = numbers.range(right);
        for (const bool taken : {false, true}) {
            Range x = a, y = b;
            const bool possible = filter::refine(i, taken, x, y);
            refuted += possible ? 0 : 1;
            narrowed += possible && x != a ? 1 : 0;
            for (const std::uint64_t p : left)
                for (const std::uint64_t q : right) {
                    if (filter::compare(i, p, q) != taken)
                        continue;
                    INFO(int{i.opcode} << (taken ? " taken: " : " not taken: ") << p << ", " << q);
                    if (!possible || !holds(x, p) || !holds(y, q))
                        FAIL("ruled out, but it happens");
                }
        }
    }
    CHECK(refuted > 1'000);
    CHECK(narrowed > 10'000);
}
