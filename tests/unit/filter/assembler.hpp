// Writes programs for the tests: a function for each form of instruction, named as in RFC 9669.
#pragma once

#include "secure-bindings/filter/instruction.hpp"

#include <vector>

namespace exo::test {

using filter::AluOp;
using filter::Class;
using filter::JumpOp;
using filter::Mode;
using Program = std::vector<FilterInstruction>;

enum Register : std::uint8_t { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10 };

constexpr FilterInstruction encode(unsigned opcode, unsigned to = 0, unsigned from = 0, int offset = 0,
                                   std::int64_t immediate = 0) {
    return {static_cast<std::uint8_t>(opcode), static_cast<std::uint8_t>(from << 4 | to),
            static_cast<std::int16_t>(offset), static_cast<std::int32_t>(immediate)};
}
constexpr unsigned opcode_of(Class c, unsigned operation, bool from_register) {
    return operation << 4 | (from_register ? 8u : 0u) | static_cast<unsigned>(c);
}
constexpr unsigned size_bits(unsigned bytes) {
    return bytes == 8 ? 0x18 : bytes == 4 ? 0x00 : bytes == 2 ? 0x08 : 0x10;
}

constexpr FilterInstruction alu(AluOp op, Register to, Register from, int offset = 0, Class c = Class::Alu64) {
    return encode(opcode_of(c, static_cast<unsigned>(op), true), to, from, offset);
}
constexpr FilterInstruction alu(AluOp op, Register to, std::int64_t value, int offset = 0, Class c = Class::Alu64) {
    return encode(opcode_of(c, static_cast<unsigned>(op), false), to, 0, offset, value);
}
constexpr FilterInstruction alu32(AluOp op, Register to, Register from, int offset = 0) {
    return alu(op, to, from, offset, Class::Alu);
}
constexpr FilterInstruction alu32(AluOp op, Register to, std::int64_t value, int offset = 0) {
    return alu(op, to, value, offset, Class::Alu);
}
constexpr FilterInstruction mov(Register to, Register from) {
    return alu(AluOp::Mov, to, from);
}
constexpr FilterInstruction mov(Register to, std::int64_t value) {
    return alu(AluOp::Mov, to, value);
}
constexpr FilterInstruction add(Register to, Register from) {
    return alu(AluOp::Add, to, from);
}
constexpr FilterInstruction add(Register to, std::int64_t value) {
    return alu(AluOp::Add, to, value);
}
inline Program lddw(Register to, std::uint64_t value) {
    return {encode(0x18, to, 0, 0, static_cast<std::int32_t>(value)),
            encode(0, 0, 0, 0, static_cast<std::int32_t>(value >> 32))};
}
constexpr FilterInstruction ldx(unsigned bytes, Register to, Register from, int offset) {
    return encode(0x61 | size_bits(bytes), to, from, offset);
}
constexpr FilterInstruction ldxs(unsigned bytes, Register to, Register from, int offset) {
    return encode(0x81 | size_bits(bytes), to, from, offset);
}
constexpr FilterInstruction stx(unsigned bytes, Register to, int offset, Register from) {
    return encode(0x63 | size_bits(bytes), to, from, offset);
}
constexpr FilterInstruction st(unsigned bytes, Register to, int offset, std::int64_t value) {
    return encode(0x62 | size_bits(bytes), to, 0, offset, value);
}
constexpr FilterInstruction jump(JumpOp op, Register left, Register right, int distance, Class c = Class::Jmp) {
    return encode(opcode_of(c, static_cast<unsigned>(op), true), left, right, distance);
}
constexpr FilterInstruction jump(JumpOp op, Register left, std::int64_t value, int distance, Class c = Class::Jmp) {
    return encode(opcode_of(c, static_cast<unsigned>(op), false), left, 0, distance, value);
}
constexpr FilterInstruction ja(int distance) {
    return encode(0x05, 0, 0, distance);
}
constexpr FilterInstruction call(int helper) {
    return encode(0x85, 0, 0, 0, helper);
}
constexpr FilterInstruction leave() {
    return encode(0x95);
}

inline void append(Program& program, FilterInstruction part) {
    program.push_back(part);
}
inline void append(Program& program, const Program& part) {
    program.insert(program.end(), part.begin(), part.end());
}
// Single instructions and runs of them, one after the other.
template <typename... Parts>
Program program(const Parts&... parts) {
    Program whole;
    (append(whole, parts), ...);
    return whole;
}

// r2 = data, r3 = data_end, and out with 0 when fewer than `bytes` follow; seven instructions.
inline Program packet_of(int bytes) {
    return program(ldx(8, r2, r1, 0), ldx(8, r3, r1, 8), mov(r4, r2), add(r4, bytes), mov(r0, 0),
                   jump(JumpOp::Le, r4, r3, 1), leave());
}

} // namespace exo::test
