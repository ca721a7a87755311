// Programs whose form is wrong: refused before any of it is followed. The instruction and the rule are asserted.
#include "tests/unit/filter/refused.hpp"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("refused: programs of no length, or too long") {
    CHECK_REFUSED(program(), Rule::Empty, 0);
    CHECK_REFUSED(Program(filter_instructions_max + 1, mov(r0, 0)), Rule::TooLong, 0);
    CHECK_REFUSED_WITH(program(mov(r0, 0), leave()), Rule::ScratchSize, 0, FilterKind::Filter,
                       filter_scratch_bytes_max + 1);
}

TEST_CASE("refused: opcodes that are no instructions") {
    CHECK_REFUSED(program(mov(r0, 0), encode(0xe7), leave()), Rule::UnknownOpcode, 1);             // ALU64
    CHECK_REFUSED(program(mov(r0, 0), encode(0xf5), leave()), Rule::UnknownOpcode, 1);             // JMP
    CHECK_REFUSED(program(mov(r0, 0), encode(0x86, 0, 0, 0, 3), leave()), Rule::UnknownOpcode, 1); // CALL in JMP32
    CHECK_REFUSED(program(mov(r0, 0), encode(0x96), leave()), Rule::UnknownOpcode, 1);             // EXIT in JMP32
    CHECK_REFUSED(program(mov(r0, 0), encode(0x9d), leave()), Rule::UnknownOpcode, 1);             // EXIT of a register
    CHECK_REFUSED(program(mov(r0, 0), encode(0x8f), leave()), Rule::UnknownOpcode, 1);             // NEG of a register
    CHECK_REFUSED(program(mov(r0, 0), encode(0xdf, 0, 0, 0, 16), leave()), Rule::UnknownOpcode, 1); // BSWAP, X
    CHECK_REFUSED(program(mov(r0, 0), encode(0x99, 0, 1, 0), leave()), Rule::UnknownOpcode, 1);     // MEMSX, 8 octets
    CHECK_REFUSED(program(mov(r0, 0), encode(0x41, 0, 1, 0), leave()), Rule::UnknownOpcode, 1);     // LDX, mode IND
    CHECK_REFUSED(program(mov(r0, 0), encode(0x00), leave()), Rule::UnknownOpcode, 1);              // LD, 4 octets
}

TEST_CASE("refused: instructions that are left out on purpose") {
    CHECK_REFUSED(program(mov(r0, 0), encode(0xdb, r10, r0, -8, 0), leave()), Rule::AtomicOperation, 1);
    CHECK_REFUSED(program(mov(r0, 0), encode(0xc3, r10, r0, -8, 0), leave()), Rule::AtomicOperation, 1);
    CHECK_REFUSED(program(mov(r0, 0), encode(0x28, 0, 0, 0, 12), leave()), Rule::LegacyLoad, 1);
    CHECK_REFUSED(program(mov(r0, 0), encode(0x48, 0, 1, 0, 12), leave()), Rule::LegacyLoad, 1);
    CHECK_REFUSED(program(mov(r0, 0), encode(0x85, 0, 1, 0, 1), leave(), mov(r0, 0), leave()), Rule::LocalCall, 1);
    CHECK_REFUSED(program(mov(r0, 0), encode(0x8d, 1), leave()), Rule::IndirectCall, 1);
}

TEST_CASE("refused: unused fields that are not 0") {
    CHECK_REFUSED(program(encode(0xb7, 0, 1, 0, 0), leave()), Rule::ReservedField, 0); // MOV K with a source
    CHECK_REFUSED(program(mov(r0, 0), encode(0x0f, 0, 0, 0, 5), leave()), Rule::ReservedField, 1);  // ADD X, immediate
    CHECK_REFUSED(program(mov(r0, 0), encode(0x07, 0, 0, 1, 5), leave()), Rule::ReservedField, 1);  // ADD, offset
    CHECK_REFUSED(program(mov(r0, 0), encode(0x37, 0, 0, 2, 5), leave()), Rule::ReservedField, 1);  // DIV, offset 2
    CHECK_REFUSED(program(mov(r0, 0), encode(0xbf, 0, 0, 7, 0), leave()), Rule::ReservedField, 1);  // MOVSX of 7 bits
    CHECK_REFUSED(program(mov(r0, 0), encode(0xbc, 0, 0, 32, 0), leave()), Rule::ReservedField, 1); // MOVSX 32 to 32
    CHECK_REFUSED(program(mov(r0, 0), encode(0xd7, 0, 0, 0, 24), leave()), Rule::ReservedField, 1); // BSWAP of 24
    CHECK_REFUSED(program(mov(r0, 0), encode(0x87, 0, 0, 0, 1), leave()), Rule::ReservedField, 1);  // NEG
    CHECK_REFUSED(program(mov(r0, 0), encode(0x05, 0, 0, 0, 9), leave()), Rule::ReservedField, 1);  // JA
    CHECK_REFUSED(program(mov(r0, 0), encode(0x06, 0, 0, 1, 0), leave()), Rule::ReservedField, 1);  // JA32
    CHECK_REFUSED(program(mov(r0, 0), encode(0x95, 1)), Rule::ReservedField, 1);                    // EXIT
    CHECK_REFUSED(program(mov(r0, 0), encode(0x85, 0, 0, 4, 3), leave()), Rule::ReservedField, 1);  // CALL
    CHECK_REFUSED(program(mov(r0, 0), encode(0x79, 0, 1, 0, 1), leave()), Rule::ReservedField, 1);  // LDX
    CHECK_REFUSED(program(mov(r0, 0), encode(0x7a, r10, 1, -8, 1), leave()), Rule::ReservedField, 1); // ST
    CHECK_REFUSED(program(mov(r0, 0), encode(0x1d, 0, 0, 0, 1), leave()), Rule::ReservedField, 1);    // JEQ X
}

TEST_CASE("refused: registers that do not exist, and writing r10") {
    CHECK_REFUSED(program(encode(0xb7, 11), leave()), Rule::RegisterNumber, 0);
    CHECK_REFUSED(program(encode(0xbf, 0, 15), leave()), Rule::RegisterNumber, 0);
    CHECK_REFUSED(program(mov(r0, 0), mov(r10, 0), leave()), Rule::WritesFramePointer, 1);
    CHECK_REFUSED(program(mov(r0, 0), add(r10, -8), leave()), Rule::WritesFramePointer, 1);
    CHECK_REFUSED(program(ldx(8, r10, r1, 0), leave()), Rule::WritesFramePointer, 0);
    CHECK_REFUSED(program(lddw(r10, 5), leave()), Rule::WritesFramePointer, 0);
}

TEST_CASE("refused: 64-bit immediates that are cut or mean something else") {
    CHECK_REFUSED(program(mov(r0, 0), encode(0x18)), Rule::WideCut, 1);
    CHECK_REFUSED(program(encode(0x18), mov(r0, 0), leave()), Rule::WideCut, 0);
    CHECK_REFUSED(program(encode(0x18), encode(0, 1), leave()), Rule::WideCut, 0);
    CHECK_REFUSED(program(encode(0x18, 0, 1), encode(0), leave()), Rule::WideKind, 0); // a map
    CHECK_REFUSED(program(encode(0x18, 0, 0, 4), encode(0), leave()), Rule::ReservedField, 0);
}

TEST_CASE("refused: jumps that lead out of the program or between instructions") {
    CHECK_REFUSED(program(mov(r0, 0), ja(1), leave()), Rule::JumpTarget, 1);
    CHECK_REFUSED(program(mov(r0, 0), ja(-3), leave()), Rule::JumpTarget, 1);
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Eq, r0, 0, 7), leave()), Rule::JumpTarget, 1);
    CHECK_REFUSED(program(mov(r0, 0), encode(0x06, 0, 0, 0, 1 << 30), leave()), Rule::JumpTarget, 1);
    CHECK_REFUSED(program(jump(JumpOp::Eq, r1, 0, 1), lddw(r0, 5), leave()), Rule::JumpIntoWide, 0);
    CHECK_REFUSED(program(mov(r0, 0)), Rule::FallsOffEnd, 0);
    CHECK_REFUSED(program(mov(r0, 0), jump(JumpOp::Eq, r0, 0, -2)), Rule::FallsOffEnd, 1);
    CHECK_REFUSED(program(mov(r0, 0), leave(), lddw(r0, 1)), Rule::FallsOffEnd, 2);
}

TEST_CASE("refused: helpers that do not exist or are not for this kind") {
    CHECK_REFUSED(program(call(0), leave()), Rule::UnknownHelper, 0);
    CHECK_REFUSED(program(call(5), leave()), Rule::UnknownHelper, 0);
    CHECK_REFUSED(program(call(-1), leave()), Rule::UnknownHelper, 0);
    CHECK_REFUSED(program(encode(0x85, 0, 2, 0, 1), leave()), Rule::UnknownHelper, 0); // by BTF id
    CHECK_REFUSED(program(call(2), mov(r0, 1), leave()), Rule::HelperKind, 0);
}
