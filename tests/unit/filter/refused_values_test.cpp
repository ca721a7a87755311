// Programs that read what is not there, or would let an address of the kernel out.
#include "tests/unit/filter/refused.hpp"

using namespace exo;
using namespace exo::test;

TEST_CASE("refused: registers that were never written") {
    CHECK_REFUSED(program(leave()), Rule::Uninitialised, 0);
    CHECK_REFUSED(program(mov(r0, r2), leave()), Rule::Uninitialised, 0);
    CHECK_REFUSED(program(mov(r0, 0), add(r0, r5), leave()), Rule::Uninitialised, 1);
    CHECK_REFUSED(program(add(r0, 1), leave()), Rule::Uninitialised, 0);
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Eq, r3, 0, 0), leave()), Rule::Uninitialised, 1);
    CHECK_REFUSED(program(ldx(1, r0, r7, 0), leave()), Rule::Uninitialised, 0);
    CHECK_REFUSED(program(stx(8, r10, -8, r6), mov(r0, 0), leave()), Rule::Uninitialised, 0);
    // Written on one path only.
    CHECK_REFUSED(program(ldx(4, r2, r1, 24), jump(JumpOp::Gt, r2, 60, 1), mov(r0, 1), leave()), Rule::Uninitialised,
                  3);
    // R1 to R5 do not survive a call.
    CHECK_REFUSED(program(call(3), ldx(4, r0, r1, 24), leave()), Rule::Uninitialised, 1);
    CHECK_REFUSED(program(mov(r5, 1), call(3), mov(r0, r5), leave()), Rule::Uninitialised, 2);
}

TEST_CASE("refused: numbers made of addresses") {
    CHECK_REFUSED(program(mov(r0, r1), alu(AluOp::Mul, r0, 1), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, r1), alu(AluOp::And, r0, -1), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, r1), alu(AluOp::Rsh, r0, 8), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, r10), alu(AluOp::Xor, r0, r1), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, r1), encode(0x87, r0), leave()), Rule::PointerArithmetic, 1);           // NEG
    CHECK_REFUSED(program(mov(r0, r1), encode(0xd7, r0, 0, 0, 64), leave()), Rule::PointerArithmetic, 1); // BSWAP
    CHECK_REFUSED(program(alu32(AluOp::Mov, r0, r1), leave()), Rule::PointerArithmetic, 0);               // low half
    CHECK_REFUSED(program(alu(AluOp::Mov, r0, r10, 32), leave()), Rule::PointerArithmetic, 0);            // MOVSX
    CHECK_REFUSED(program(mov(r0, r10), alu32(AluOp::Add, r0, 0), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, r10), add(r0, r1), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, r10), alu(AluOp::Sub, r0, r1), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, r10), alu(AluOp::Sub, r0, r10), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, 5), alu(AluOp::Sub, r0, r10), leave()), Rule::PointerArithmetic, 1);
    CHECK_REFUSED(program(mov(r0, 0), add(r1, 8), leave()), Rule::PointerArithmetic, 1); // the context does not move
    CHECK_REFUSED(program(ldx(8, r0, r1, 8), add(r0, -1), leave()), Rule::PointerArithmetic, 1); // nor data_end
}

TEST_CASE("refused: comparisons that would tell an address") {
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Gt, r1, 0, 0), leave()), Rule::PointerComparison, 1);
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Eq, r10, r0, 0), leave()), Rule::PointerComparison, 1);
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Eq, r10, 4096, 0), leave()), Rule::PointerComparison, 1);
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Eq, r1, 0, 0, Class::Jmp32), leave()), Rule::PointerComparison, 1);
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Lt, r0, r1, 0), leave()), Rule::PointerComparison, 1);
    CHECK_REFUSED(program(packet_of(14), jump(JumpOp::Set, r2, 4095, 0), leave()), Rule::PointerComparison, 7);
    CHECK_REFUSED(program(packet_of(14), jump(JumpOp::Gt, r2, r1, 0), leave()), Rule::PointerComparison, 7);
    CHECK_REFUSED(program(packet_of(14), jump(JumpOp::Gt, r2, r3, 0, Class::Jmp32), leave()), Rule::PointerComparison,
                  7);
    CHECK_REFUSED(program(packet_of(14), ldx(8, r5, r1, 16), jump(JumpOp::Gt, r5, r3, 0), leave()),
                  Rule::PointerComparison, 8);
}

TEST_CASE("refused: addresses that would leak") {
    CHECK_REFUSED(program(mov(r0, r1), leave()), Rule::PointerReturned, 1);
    CHECK_REFUSED(program(mov(r0, r10), leave()), Rule::PointerReturned, 1);
    CHECK_REFUSED(program(ldx(8, r0, r1, 0), leave()), Rule::PointerReturned, 1);
    CHECK_HANDLER_REFUSED(program(packet_of(14), stx(8, r2, 0, r1), leave()), Rule::PointerStored, 7);
    CHECK_HANDLER_REFUSED(program(packet_of(14), stx(4, r2, 0, r2), leave()), Rule::PointerStored, 7);
    CHECK_HANDLER_REFUSED(program(ldx(8, r6, r1, 16), stx(8, r6, 0, r10), mov(r0, 0), leave()), Rule::PointerStored, 1);
    CHECK_HANDLER_REFUSED(program(mov(r2, 1), mov(r3, r10), call(1), leave()), Rule::PointerPassed, 2);
    CHECK_HANDLER_REFUSED(program(mov(r2, r1), mov(r3, 1), call(1), leave()), Rule::PointerPassed, 2);
    // A path on which r0 is a number, and one on which it is not.
    CHECK_REFUSED(program(ldx(4, r2, r1, 24), mov(r0, r1), jump(JumpOp::Eq, r2, 60, 1), mov(r0, 0), leave()),
                  Rule::PointerReturned, 4);
}

TEST_CASE("refused: addresses in parts") {
    CHECK_REFUSED(program(stx(4, r10, -8, r1), mov(r0, 0), leave()), Rule::PointerCut, 0);
    CHECK_REFUSED(program(stx(8, r10, -12, r1), mov(r0, 0), leave()), Rule::PointerCut, 0);
    CHECK_REFUSED(program(stx(8, r10, -8, r1), ldx(4, r0, r10, -8), leave()), Rule::PointerCut, 1);
    CHECK_REFUSED(program(stx(8, r10, -8, r1), st(8, r10, -16, 0), ldx(8, r0, r10, -12), leave()), Rule::PointerCut, 2);
    CHECK_REFUSED(program(stx(8, r10, -8, r1), ldxs(4, r0, r10, -8), leave()), Rule::PointerCut, 1);
    // Written over in part, so that the rest would be read as a number.
    CHECK_REFUSED(program(stx(8, r10, -8, r1), st(1, r10, -8, 0), ldx(4, r0, r10, -4), leave()), Rule::PointerCut, 1);
    // A checksum over an address.
    CHECK_REFUSED(program(stx(8, r10, -8, r1), mov(r1, 0), mov(r2, 0), mov(r3, r10), add(r3, -8), mov(r4, 8),
                          mov(r5, 0), call(4), leave()),
                  Rule::PointerCut, 7);
}

TEST_CASE("refused: helpers given what they do not take") {
    CHECK_HANDLER_REFUSED(program(mov(r1, 0), call(2), leave()), Rule::HelperContext, 1);
    CHECK_HANDLER_REFUSED(program(mov(r1, r10), call(2), leave()), Rule::HelperContext, 1);
    CHECK_HANDLER_REFUSED(program(mov(r2, filter_counters), mov(r3, 1), call(1), leave()), Rule::HelperCounter, 2);
    CHECK_HANDLER_REFUSED(program(mov(r2, -1), mov(r3, 1), call(1), leave()), Rule::HelperCounter, 2);
    CHECK_HANDLER_REFUSED(program(ldx(4, r2, r1, 28), mov(r3, 1), call(1), leave()), Rule::HelperCounter, 2);
    CHECK_HANDLER_REFUSED(program(mov(r2, 1), call(1), leave()), Rule::Uninitialised, 1);
    const auto sum = [](const Program& region) {
        return program(region, mov(r1, 0), mov(r2, 0), mov(r5, 0), call(4), mov(r0, 0), leave());
    };
    CHECK_REFUSED(sum(program(mov(r3, 4096), mov(r4, 8))), Rule::HelperRegion, 5);
    CHECK_REFUSED(sum(program(mov(r3, 0), mov(r4, 1))), Rule::HelperRegion, 5);
    CHECK_REFUSED(sum(program(mov(r3, r1), mov(r4, 8))), Rule::HelperRegion, 5);
    CHECK_REFUSED(sum(program(mov(r3, r10), add(r3, -8), mov(r4, 8))), Rule::StackUninitialised, 6);
    CHECK_REFUSED(sum(program(mov(r3, r10), add(r3, -8), mov(r4, 16))), Rule::StackBounds, 6);
    CHECK_REFUSED(sum(program(packet_of(14), mov(r3, r2), mov(r4, 15))), Rule::PacketBounds, 12);
    CHECK_REFUSED(sum(program(packet_of(14), mov(r3, r2), ldx(1, r4, r2, 0))), Rule::PacketBounds, 12);
    CHECK_REFUSED(sum(program(packet_of(14), mov(r3, r2), ldx(2, r4, r2, 0))), Rule::HelperSize, 12);
    CHECK_REFUSED(sum(program(packet_of(14), mov(r4, r2), mov(r3, r2))), Rule::PointerPassed, 12);
}

TEST_CASE("refused: verdicts that a handler does not have") {
    CHECK_HANDLER_REFUSED(program(mov(r0, 4), leave()), Rule::Verdict, 1);
    CHECK_HANDLER_REFUSED(program(mov(r0, -1), leave()), Rule::Verdict, 1);
    CHECK_HANDLER_REFUSED(program(ldx(4, r0, r1, 24), leave()), Rule::Verdict, 1);
}
