// Programs that would touch memory which is not theirs: packet, context, stack and scratch memory.
#include "tests/unit/filter/refused.hpp"

using namespace exo;
using namespace exo::test;

TEST_CASE("refused: reading the packet past what was checked") {
    CHECK_REFUSED(program(ldx(8, r2, r1, 0), ldx(1, r0, r2, 0), leave()), Rule::PacketBounds, 1);
    CHECK_REFUSED(program(packet_of(14), ldx(1, r0, r2, 14), leave()), Rule::PacketBounds, 7);
    CHECK_REFUSED(program(packet_of(14), ldx(4, r0, r2, 11), leave()), Rule::PacketBounds, 7);
    CHECK_REFUSED(program(packet_of(14), ldx(8, r0, r2, 7), leave()), Rule::PacketBounds, 7);
    CHECK_REFUSED(program(packet_of(14), ldx(1, r0, r2, -1), leave()), Rule::PacketBounds, 7);
    CHECK_REFUSED(program(packet_of(14), ldx(1, r0, r4, 0), leave()), Rule::PacketBounds, 7); // r4 = data + 14
    CHECK_REFUSED(program(packet_of(14), add(r2, -2), ldx(1, r0, r2, 1), leave()), Rule::PacketBounds, 8);
}

TEST_CASE("refused: reading the packet on the wrong side of the comparison") {
    // The way that is taken when data + 14 > data_end.
    CHECK_REFUSED(program(ldx(8, r2, r1, 0), ldx(8, r3, r1, 8), mov(r4, r2), add(r4, 14), jump(JumpOp::Gt, r4, r3, 2),
                          mov(r0, 1), leave(), ldx(1, r0, r2, 0), leave()),
                  Rule::PacketBounds, 7);
    // data + 14 < data_end + something: compared the wrong way round.
    CHECK_REFUSED(program(ldx(8, r2, r1, 0), ldx(8, r3, r1, 8), mov(r4, r2), add(r4, 14), mov(r0, 0),
                          jump(JumpOp::Ge, r4, r3, 1), leave(), ldx(1, r0, r2, 0), leave()),
                  Rule::PacketBounds, 7);
    // data + 14 >= data_end says on its other way that 15 octets are there, not 16.
    CHECK_REFUSED(program(ldx(8, r2, r1, 0), ldx(8, r3, r1, 8), mov(r4, r2), add(r4, 14), mov(r0, 0),
                          jump(JumpOp::Lt, r4, r3, 1), leave(), ldx(2, r0, r2, 14), leave()),
                  Rule::PacketBounds, 7);
    // Equality with data_end says nothing on the other way.
    CHECK_REFUSED(program(ldx(8, r2, r1, 0), ldx(8, r3, r1, 8), mov(r4, r2), add(r4, 14), mov(r0, 0),
                          jump(JumpOp::Ne, r4, r3, 1), leave(), ldx(1, r0, r2, 0), leave()),
                  Rule::PacketBounds, 7);
    // A comparison of a number with the length, off by one.
    CHECK_REFUSED(program(ldx(4, r4, r1, 24), ldx(8, r2, r1, 0), mov(r0, 0), jump(JumpOp::Ge, r4, 13, 1), leave(),
                          ldx(1, r0, r2, 13), leave()),
                  Rule::PacketBounds, 5);
    // What is known of 14 octets on one path is not known on the other.
    CHECK_REFUSED(program(ldx(8, r2, r1, 0), ldx(8, r3, r1, 8), mov(r4, r2), add(r4, 14), mov(r0, 0),
                          jump(JumpOp::Le, r4, r3, 0), ldx(1, r0, r2, 0), leave()),
                  Rule::PacketBounds, 6);
}

TEST_CASE("refused: reading the packet at an offset that is not held to what was checked") {
    // r5 = an octet of the packet; data + r5 was never compared.
    CHECK_REFUSED(program(packet_of(14), ldx(1, r5, r2, 0), add(r2, r5), ldx(1, r0, r2, 0), leave()),
                  Rule::PacketBounds, 9);
    // One octet more than was compared.
    CHECK_REFUSED(program(packet_of(14), ldx(1, r5, r2, 0), add(r2, r5), mov(r4, r2), add(r4, 4),
                          jump(JumpOp::Gt, r4, r3, 1), ldx(4, r0, r2, 1), leave()),
                  Rule::PacketBounds, 12);
    // Two numbers that are not the same one.
    CHECK_REFUSED(program(packet_of(14), ldx(1, r5, r2, 0), ldx(1, r1, r2, 1), mov(r4, r2), add(r4, r5), add(r2, r1),
                          add(r4, 4), jump(JumpOp::Gt, r4, r3, 1), ldx(4, r0, r2, 0), leave()),
                  Rule::PacketBounds, 14);
    // The number was changed between the comparison and the use.
    CHECK_REFUSED(program(packet_of(14), ldx(1, r5, r2, 0), mov(r4, r2), add(r4, r5), add(r4, 4),
                          jump(JumpOp::Gt, r4, r3, 4), add(r5, 1), add(r2, r5), ldx(4, r0, r2, 0), leave(), leave()),
                  Rule::PacketBounds, 14);
}

TEST_CASE("refused: moving a packet address out of sight") {
    CHECK_REFUSED(program(packet_of(14), ldx(4, r5, r2, 0), add(r2, r5), mov(r0, 0), leave()), Rule::PointerOffset, 8);
    CHECK_REFUSED(program(packet_of(14), ldxs(1, r5, r2, 0), add(r2, r5), mov(r0, 0), leave()), Rule::PointerOffset, 8);
    CHECK_REFUSED(program(packet_of(14), ldx(1, r5, r2, 0), alu(AluOp::Sub, r2, r5), mov(r0, 0), leave()),
                  Rule::PointerOffset, 8);
    CHECK_REFUSED(program(packet_of(14), add(r2, 65536), mov(r0, 0), leave()), Rule::PointerOffset, 7);
    CHECK_REFUSED(program(packet_of(14), add(r2, 40000), add(r2, 40000), mov(r0, 0), leave()), Rule::PointerOffset, 8);
    CHECK_REFUSED(program(packet_of(14), lddw(r5, 1ull << 63), add(r2, r5), mov(r0, 0), leave()), Rule::PointerOffset,
                  9);
    // Two offsets that are each small enough.
    CHECK_REFUSED(program(packet_of(14), ldx(2, r5, r2, 0), add(r2, r5), add(r2, r5), mov(r0, 0), leave()),
                  Rule::PointerOffset, 9);
}

TEST_CASE("refused: writing what is not the program's to write") {
    CHECK_REFUSED(program(packet_of(14), st(1, r2, 0, 5), mov(r0, 0), leave()), Rule::PacketReadOnly, 7);
    CHECK_REFUSED(program(packet_of(14), stx(4, r2, 0, r0), leave()), Rule::PacketReadOnly, 7);
    CHECK_REFUSED(program(st(8, r1, 0, 0), mov(r0, 0), leave()), Rule::ContextWrite, 0);
    CHECK_REFUSED(program(st(4, r1, 24, 65535), mov(r0, 0), leave()), Rule::ContextWrite, 0);
    CHECK_HANDLER_REFUSED(program(packet_of(14), st(1, r2, 14, 5), leave()), Rule::PacketBounds, 7);
    CHECK_HANDLER_REFUSED(program(packet_of(14), st(1, r3, 0, 5), leave()), Rule::NoAddress, 7);
}

TEST_CASE("refused: fields that the context does not have") {
    CHECK_REFUSED(program(ldx(4, r0, r1, 0), leave()), Rule::ContextField, 0);  // half of an address
    CHECK_REFUSED(program(ldx(8, r0, r1, 4), leave()), Rule::ContextField, 0);  // parts of two
    CHECK_REFUSED(program(ldx(8, r0, r1, 24), leave()), Rule::ContextField, 0); // two fields
    CHECK_REFUSED(program(ldx(4, r0, r1, 32), leave()), Rule::ContextField, 0); // what the kernel keeps behind it
    CHECK_REFUSED(program(ldx(8, r0, r1, -8), leave()), Rule::ContextField, 0);
    CHECK_REFUSED(program(ldxs(4, r0, r1, 24), leave()), Rule::ContextField, 0);
}

TEST_CASE("refused: addresses that are none") {
    CHECK_REFUSED(program(mov(r2, 4096), ldx(8, r0, r2, 0), leave()), Rule::NoAddress, 1);
    CHECK_REFUSED(program(lddw(r2, 0xffff'8000'0000'0000), ldx(8, r0, r2, 0), leave()), Rule::NoAddress, 2);
    CHECK_REFUSED(program(ldx(8, r3, r1, 8), ldx(1, r0, r3, 0), leave()), Rule::NoAddress, 1);
    CHECK_REFUSED(program(ldx(8, r3, r1, 8), ldx(1, r0, r3, -1), leave()), Rule::NoAddress, 1);
    // A number that came from the stack, where an address was written over.
    CHECK_REFUSED(program(stx(8, r10, -8, r1), st(8, r10, -8, 0), ldx(8, r2, r10, -8), ldx(8, r0, r2, 0), leave()),
                  Rule::NoAddress, 3);
    // An address on one path, a number on the other.
    CHECK_REFUSED(
        program(ldx(4, r3, r1, 24), mov(r2, r1), jump(JumpOp::Eq, r3, 60, 1), mov(r2, 7), ldx(4, r0, r2, 24), leave()),
        Rule::NoAddress, 4);
}

TEST_CASE("refused: the stack, outside its 512 octets or unwritten") {
    CHECK_REFUSED(program(st(8, r10, 0, 0), mov(r0, 0), leave()), Rule::StackBounds, 0);
    CHECK_REFUSED(program(st(8, r10, -4, 0), mov(r0, 0), leave()), Rule::StackBounds, 0);
    CHECK_REFUSED(program(st(8, r10, -520, 0), mov(r0, 0), leave()), Rule::StackBounds, 0);
    CHECK_REFUSED(program(ldx(1, r0, r10, 0), leave()), Rule::StackBounds, 0); // the saved frame pointer
    CHECK_REFUSED(program(ldx(8, r0, r10, 8), leave()), Rule::StackBounds, 0); // the return address
    CHECK_REFUSED(program(ldx(8, r0, r10, -8), leave()), Rule::StackUninitialised, 0);
    CHECK_REFUSED(program(st(4, r10, -8, 0), ldx(8, r0, r10, -8), leave()), Rule::StackUninitialised, 1);
    CHECK_REFUSED(program(st(1, r10, -8, 0), ldx(2, r0, r10, -9), leave()), Rule::StackUninitialised, 1);
    CHECK_REFUSED(
        program(ldx(4, r2, r1, 24), jump(JumpOp::Eq, r2, 60, 1), st(8, r10, -8, 0), ldx(8, r0, r10, -8), leave()),
        Rule::StackUninitialised, 3);
    CHECK_REFUSED(program(ldx(4, r2, r1, 28), alu(AluOp::And, r2, 7), mov(r3, r10), add(r3, r2), mov(r0, 0), leave()),
                  Rule::StackVariable, 3);
}

TEST_CASE("refused: scratch memory past its end") {
    const Program own = program(ldx(8, r6, r1, 16), mov(r0, 0));
    CHECK_HANDLER_REFUSED(program(own, ldx(8, r2, r6, 57), leave()), Rule::ScratchBounds, 2);
    CHECK_HANDLER_REFUSED(program(own, st(1, r6, 64, 0), leave()), Rule::ScratchBounds, 2);
    CHECK_HANDLER_REFUSED(program(own, st(1, r6, -1, 0), leave()), Rule::ScratchBounds, 2);
    // An index below 128 into 64 octets; and one that may be negative.
    CHECK_HANDLER_REFUSED(
        program(own, ldx(4, r2, r1, 28), alu(AluOp::And, r2, 127), add(r6, r2), ldx(1, r3, r6, 0), leave()),
        Rule::ScratchBounds, 5);
    CHECK_HANDLER_REFUSED(
        program(own, ldx(4, r2, r1, 28), alu(AluOp::And, r2, 63), add(r6, r2), ldx(2, r3, r6, 0), leave()),
        Rule::ScratchBounds, 5);
    CHECK_REFUSED(program(own, ldx(1, r2, r6, 0), leave()), Rule::ScratchBounds, 2); // it has none
}
