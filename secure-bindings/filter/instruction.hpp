// The encoding of RFC 9669 instructions: classes, operations and modes by name, and the fields of an instruction.
// What the operations do is in alu.hpp and in the interpreter.
#pragma once

#include "secure-bindings/abi/filter.hpp"

namespace exo::filter {

// Instruction classes (RFC 9669, 3.2).
enum class Class : std::uint8_t { Ld = 0, Ldx = 1, St = 2, Stx = 3, Alu = 4, Jmp = 5, Jmp32 = 6, Alu64 = 7 };

// Arithmetic (RFC 9669, 4.1): the high four bits of the opcode.
enum class AluOp : std::uint8_t {
    Add = 0x0,
    Sub = 0x1,
    Mul = 0x2,
    Div = 0x3,
    Or = 0x4,
    And = 0x5,
    Lsh = 0x6,
    Rsh = 0x7,
    Neg = 0x8,
    Mod = 0x9,
    Xor = 0xa,
    Mov = 0xb,
    Arsh = 0xc,
    End = 0xd,
};

// Jumps (RFC 9669, 4.3): the high four bits of the opcode.
enum class JumpOp : std::uint8_t {
    Ja = 0x0,
    Eq = 0x1,
    Gt = 0x2,
    Ge = 0x3,
    Set = 0x4,
    Ne = 0x5,
    Sgt = 0x6,
    Sge = 0x7,
    Call = 0x8,
    Exit = 0x9,
    Lt = 0xa,
    Le = 0xb,
    Slt = 0xc,
    Sle = 0xd,
};

// Modes of loads and stores (RFC 9669, 5): the high three bits of the opcode.
enum class Mode : std::uint8_t { Imm = 0, Abs = 1, Ind = 2, Mem = 3, MemSx = 4, Atomic = 6 };

inline constexpr std::uint8_t wide_opcode = 0x18; // a 64-bit immediate, in two instructions (RFC 9669, 5.4)
inline constexpr unsigned register_count = 11;
inline constexpr unsigned frame_register = 10;

constexpr Class class_of(const FilterInstruction& i) {
    return static_cast<Class>(i.opcode & 7);
}
constexpr AluOp alu_op(const FilterInstruction& i) {
    return static_cast<AluOp>(i.opcode >> 4);
}
constexpr JumpOp jump_op(const FilterInstruction& i) {
    return static_cast<JumpOp>(i.opcode >> 4);
}
constexpr Mode mode_of(const FilterInstruction& i) {
    return static_cast<Mode>(i.opcode >> 5);
}
// Whether the second operand is the source register rather than the immediate.
constexpr bool from_register(const FilterInstruction& i) {
    return (i.opcode & 8) != 0;
}
constexpr unsigned destination(const FilterInstruction& i) {
    return i.registers & 15;
}
constexpr unsigned source(const FilterInstruction& i) {
    return i.registers >> 4;
}
// Octets of a load or store.
constexpr unsigned access_bytes(const FilterInstruction& i) {
    constexpr std::uint8_t bytes[4] = {4, 2, 1, 8};
    return bytes[(i.opcode >> 3) & 3];
}
constexpr bool is_alu(const FilterInstruction& i) {
    return class_of(i) == Class::Alu || class_of(i) == Class::Alu64;
}
constexpr bool is_jump(const FilterInstruction& i) {
    return class_of(i) == Class::Jmp || class_of(i) == Class::Jmp32;
}
constexpr bool is_wide(const FilterInstruction& i) {
    return i.opcode == wide_opcode;
}
constexpr bool is_conditional(const FilterInstruction& i) {
    return is_jump(i) && jump_op(i) != JumpOp::Ja && jump_op(i) != JumpOp::Call && jump_op(i) != JumpOp::Exit;
}
constexpr bool is_exit(const FilterInstruction& i) {
    return class_of(i) == Class::Jmp && jump_op(i) == JumpOp::Exit;
}
constexpr bool is_call(const FilterInstruction& i) {
    return class_of(i) == Class::Jmp && jump_op(i) == JumpOp::Call;
}
// Instructions from the next one to the target of a jump: the long form of class JMP32 has them in the immediate.
constexpr std::int64_t jump_distance(const FilterInstruction& i) {
    return class_of(i) == Class::Jmp32 && jump_op(i) == JumpOp::Ja ? i.immediate : i.offset;
}
constexpr std::uint64_t wide_immediate(const FilterInstruction* i) {
    return static_cast<std::uint32_t>(i[0].immediate) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(i[1].immediate)) << 32;
}

} // namespace exo::filter
