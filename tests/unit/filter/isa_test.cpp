// Every instruction that is supported, against results worked out by hand from RFC 9669: interpreted and compiled, in
// many pairs of registers, the operands unknown to the verifier and known to it.
#include "tests/unit/filter/assembler.hpp"
#include "tests/unit/filter/machine.hpp"

#include <cstring>
#include <doctest/doctest.h>
#include <random>

using namespace exo;
using namespace exo::test;

namespace {

struct Row {
    AluOp op;
    int offset;
    std::uint64_t left, right;
    std::uint64_t whole, half; // results of class ALU64 and class ALU
};

constexpr std::uint64_t least = 0x8000'0000'0000'0000;
constexpr std::uint64_t minus(std::uint64_t number) {
    return 0 - number;
}

const Row rows[] = {
    {AluOp::Add, 0, 0xffff'ffff, 1, 0x1'0000'0000, 0},
    {AluOp::Add, 0, minus(1), minus(2), minus(3), 0xffff'fffd},
    {AluOp::Sub, 0, 0, 1, minus(1), 0xffff'ffff},
    {AluOp::Sub, 0, 0x1'0000'0005, 0x7fff'ffff, 0x8000'0006, 0x8000'0006},
    {AluOp::Mul, 0, 0x1'0000'0003, 0x1000'0001, 0x1000'0001'3000'0003, 0x3000'0003},
    {AluOp::Mul, 0, minus(7), 3, minus(21), 0xffff'ffeb},
    {AluOp::Div, 0, minus(1), 10, 0x1999'9999'9999'9999, 0x1999'9999},
    {AluOp::Div, 0, 0x1'0000'0007, 0, 0, 0},
    {AluOp::Div, 1, minus(13), 3, minus(4), 0xffff'fffc},
    {AluOp::Div, 1, minus(13), minus(3), 4, 4},
    {AluOp::Div, 1, least, minus(1), least, 0},
    {AluOp::Div, 1, 0x8000'0000, minus(1), minus(0x8000'0000), 0x8000'0000},
    {AluOp::Div, 1, 0x1'0000'0007, 0, 0, 0},
    {AluOp::Mod, 0, minus(1), 10, 5, 5},
    {AluOp::Mod, 0, 0x1'0000'0007, 0, 0x1'0000'0007, 7},
    {AluOp::Mod, 1, minus(13), 3, minus(1), 0xffff'ffff},
    {AluOp::Mod, 1, 13, minus(3), 1, 1},
    {AluOp::Mod, 1, least, minus(1), 0, 0},
    {AluOp::Mod, 1, 0x1'8000'0000, minus(1), 0, 0},
    {AluOp::Mod, 1, 0x1'0000'0007, 0, 0x1'0000'0007, 7},
    {AluOp::Or, 0, 0xf0f0'0000'f0f0'0000, 0x0f0f, 0xf0f0'0000'f0f0'0f0f, 0xf0f0'0f0f},
    {AluOp::Or, 0, 1, minus(0x8000'0000), 0xffff'ffff'8000'0001, 0x8000'0001},
    {AluOp::And, 0, 0xffff'ffff'1234'5678, 0x7f0f'ff00, 0x1204'5600, 0x1204'5600},
    {AluOp::And, 0, 0xffff'ffff'1234'5678, minus(0x100), 0xffff'ffff'1234'5600, 0x1234'5600},
    {AluOp::Xor, 0, 0xffff'ffff'0000'ffff, 0x7fff'0000, 0xffff'ffff'7fff'ffff, 0x7fff'ffff},
    {AluOp::Lsh, 0, 0x8000'0001, 1, 0x1'0000'0002, 2},
    {AluOp::Lsh, 0, 1, 35, 0x8'0000'0000, 8},
    {AluOp::Lsh, 0, 0xdead'beef'0000'0001, 64, 0xdead'beef'0000'0001, 1},
    {AluOp::Rsh, 0, 0x8000'0000'8000'0000, 4, 0x0800'0000'0800'0000, 0x0800'0000},
    {AluOp::Rsh, 0, minus(1), 33, 0x7fff'ffff, 0x7fff'ffff},
    {AluOp::Arsh, 0, minus(256), 4, minus(16), 0xffff'fff0},
    {AluOp::Arsh, 0, 0x8000'0000, 31, 1, 0xffff'ffff},
    {AluOp::Arsh, 0, least, 32, 0xffff'ffff'8000'0000, 0},
    {AluOp::Mov, 0, 5, minus(2), minus(2), 0xffff'fffe},
    {AluOp::Mov, 0, 5, 0x7fff'ffff, 0x7fff'ffff, 0x7fff'ffff},
};
const Row register_rows[] = {
    {AluOp::Mov, 8, 0, 0x1234'5680, minus(0x80), 0xffff'ff80},
    {AluOp::Mov, 8, 0, 0x1234'567f, 0x7f, 0x7f},
    {AluOp::Mov, 16, 0, 0x1234'8001, minus(0x7fff), 0xffff'8001},
    {AluOp::Add, 0, 0x0123'4567'89ab'cdef, 0xfedc'ba98'7654'3210, minus(1), 0xffff'ffff},
    {AluOp::Xor, 0, 0x0123'4567'89ab'cdef, 0x0123'4567'0000'0000, 0x89ab'cdef, 0x89ab'cdef},
    {AluOp::Lsh, 0, 3, 0xffff'ff41, 6, 6},
};

// Two registers are given 64-bit numbers: from the packet, so that nothing is known of them, or as constants.
Program operands(Register to, std::uint64_t left, Register from, std::uint64_t right, bool known) {
    if (known)
        return program(lddw(to, left), lddw(from, right));
    const Register data = to != r6 && from != r6 ? r6 : to != r7 && from != r7 ? r7 : r8;
    const Register end = data != r8 && to != r8 && from != r8 ? r8 : r9;
    const Register limit = r0;
    if (to == end || from == end)
        return operands(to, left, from, right, true);
    return program(ldx(8, data, r1, 0), ldx(8, end, r1, 8), mov(limit, data), add(limit, 16),
                   jump(JumpOp::Le, limit, end, 2), mov(r0, 0), leave(), ldx(8, to, data, 0), ldx(8, from, data, 8));
}
Octets packet_with(std::uint64_t left, std::uint64_t right) {
    Octets packet(16);
    std::memcpy(packet.data(), &left, 8);
    std::memcpy(packet.data() + 8, &right, 8);
    return packet;
}

std::uint64_t run(const Program& code, const Octets& packet) {
    static Machine machine;
    const bool accepted = machine.load(code, FilterKind::Filter);
    REQUIRE_MESSAGE(accepted, machine.words());
    const Outcome outcome = machine.run(packet);
    REQUIRE(machine.problem() == "");
    return outcome.result;
}

void check_rows(std::span<const Row> table, bool immediates) {
    unsigned turn = 0; // the pairs of registers are dealt out among the rows
    for (const Row& row : table)
        for (const Class c : {Class::Alu, Class::Alu64}) {
            const std::uint64_t expected = c == Class::Alu ? row.half : row.whole;
            INFO(static_cast<int>(row.op) << " offset " << row.offset << (c == Class::Alu ? " half " : " whole ")
                                          << row.left << ", " << row.right);
            const Octets packet = packet_with(row.left, row.right);
            for (unsigned to = 0; to < 10; ++to) {
                const auto left = static_cast<Register>(to);
                for (unsigned from = 0; from < 10; ++from) {
                    const auto right = static_cast<Register>(from);
                    if (to == from || turn++ % 7 != 0)
                        continue;
                    for (const bool known : {false, true})
                        CHECK(run(program(operands(left, row.left, right, row.right, known),
                                          alu(row.op, left, right, row.offset, c), mov(r0, left), leave()),
                                  packet) == expected);
                }
                const auto immediate = static_cast<std::int32_t>(row.right);
                const Register spare = left == r2 ? r3 : r2;
                if (immediates && static_cast<std::uint64_t>(std::int64_t{immediate}) == row.right)
                    CHECK(run(program(operands(left, row.left, spare, 0, false),
                                      alu(row.op, left, immediate, row.offset, c), mov(r0, left), leave()),
                              packet) == expected);
            }
        }
}

} // namespace

TEST_CASE("isa: arithmetic with registers and immediates") {
    check_rows(rows, true);
}

TEST_CASE("isa: sign extension and large operands, with registers only") {
    check_rows(register_rows, false);
    CHECK(run(program(lddw(r2, 0x1'8000'0000), alu(AluOp::Mov, r0, r2, 32), leave()), {}) == minus(0x8000'0000));
}

TEST_CASE("isa: an operand with itself") {
    const Octets packet = packet_with(0x1234'5678'9abc'def0, 0);
    const auto with_itself = [&](AluOp op, Class c) {
        return run(
            program(operands(r4, 0x1234'5678'9abc'def0, r2, 0, false), alu(op, r4, r4, 0, c), mov(r0, r4), leave()),
            packet);
    };
    CHECK(with_itself(AluOp::Sub, Class::Alu64) == 0);
    CHECK(with_itself(AluOp::Mod, Class::Alu64) == 0);
    CHECK(with_itself(AluOp::Div, Class::Alu) == 1);
    CHECK(with_itself(AluOp::Mov, Class::Alu) == 0x9abc'def0);
    CHECK(with_itself(AluOp::Lsh, Class::Alu64) == 0x1234'5678'9abc'def0 << 0x30);
}

TEST_CASE("isa: negation and byte orders") {
    const std::uint64_t number = 0x0123'4567'89ab'cdef;
    struct {
        unsigned opcode;
        int width;
        std::uint64_t expected;
    } const unary[] = {
        {0x87, 0, minus(number)},
        {0x84, 0, 0x7654'3211},
        {0xd7, 16, 0xefcd},
        {0xd7, 32, 0xefcd'ab89},
        {0xd7, 64, 0xefcd'ab89'6745'2301},
        {0xdc, 16, 0xefcd},
        {0xdc, 32, 0xefcd'ab89},
        {0xdc, 64, 0xefcd'ab89'6745'2301},
        {0xd4, 16, 0xcdef},
        {0xd4, 32, 0x89ab'cdef},
        {0xd4, 64, number},
    };
    for (const auto& row : unary)
        for (unsigned to = 0; to < 10; ++to)
            for (const bool known : {false, true}) {
                const auto left = static_cast<Register>(to);
                const Register spare = left == r2 ? r3 : r2;
                INFO(row.opcode << " " << row.width);
                CHECK(run(program(operands(left, number, spare, 0, known), encode(row.opcode, left, 0, 0, row.width),
                                  mov(r0, left), leave()),
                          packet_with(number, 0)) == row.expected);
            }
}

TEST_CASE("isa: conditional jumps") {
    struct {
        JumpOp op;
        std::uint64_t left, right;
        bool whole, half;
    } const table[] = {
        {JumpOp::Eq, 5, 5, true, true},
        {JumpOp::Eq, 0x1'0000'0005, 5, false, true},
        {JumpOp::Ne, 0x1'0000'0005, 5, true, false},
        {JumpOp::Ne, minus(1), minus(1), false, false},
        {JumpOp::Gt, 6, 5, true, true},
        {JumpOp::Gt, 0x1'0000'0000, 5, true, false},
        {JumpOp::Gt, minus(1), 1, true, true},
        {JumpOp::Ge, 5, 5, true, true},
        {JumpOp::Ge, 0x1'0000'0004, 5, true, false},
        {JumpOp::Lt, 4, 5, true, true},
        {JumpOp::Lt, 4, minus(1), true, true},
        {JumpOp::Lt, 0x1'0000'0004, 5, false, true},
        {JumpOp::Le, 5, 5, true, true},
        {JumpOp::Le, 6, 5, false, false},
        {JumpOp::Sgt, 1, minus(1), true, true},
        {JumpOp::Sgt, 0x8000'0000, 1, true, false},
        {JumpOp::Sge, minus(1), minus(1), true, true},
        {JumpOp::Sge, minus(2), minus(1), false, false},
        {JumpOp::Slt, minus(2), 1, true, true},
        {JumpOp::Slt, 0x8000'0000, 1, false, true},
        {JumpOp::Sle, 0x7fff'ffff, 0x7fff'ffff, true, true},
        {JumpOp::Sle, 1, minus(1), false, false},
        {JumpOp::Set, 6, 2, true, true},
        {JumpOp::Set, 0x2'0000'0000, minus(2), true, false},
        {JumpOp::Set, 4, 3, false, false},
        {JumpOp::Set, 0x7000'0000, 0x4000'0000, true, true},
    };
    for (const auto& row : table)
        for (const Class c : {Class::Jmp, Class::Jmp32})
            for (unsigned pair = 0; pair < 9; pair += 4)
                for (const bool known : {false, true}) {
                    const auto left = static_cast<Register>(pair), right = static_cast<Register>(pair + 1);
                    INFO(static_cast<int>(row.op)
                         << (c == Class::Jmp32 ? " half " : " whole ") << row.left << ", " << row.right);
                    const bool expected = c == Class::Jmp32 ? row.half : row.whole;
                    const Octets packet = packet_with(row.left, row.right);
                    const Program start = operands(left, row.left, right, row.right, known);
                    const Program ends = program(mov(r0, 7), leave(), mov(r0, 9), leave());
                    CHECK(run(program(start, jump(row.op, left, right, 2, c), ends), packet) == (expected ? 9 : 7));
                    const auto immediate = static_cast<std::int32_t>(row.right);
                    if (static_cast<std::uint64_t>(std::int64_t{immediate}) == row.right)
                        CHECK(run(program(start, jump(row.op, left, immediate, 2, c), ends), packet) ==
                              (expected ? 9 : 7));
                }
}

TEST_CASE("isa: jumps without condition, and 64-bit immediates") {
    CHECK(run(program(ja(2), mov(r0, 1), leave(), mov(r0, 2), leave()), {}) == 2);
    CHECK(run(program(encode(0x06, 0, 0, 0, 2), mov(r0, 1), leave(), mov(r0, 2), ja(-4)), {}) == 1);
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{1}, minus(1), minus(128), minus(129), least, std::uint64_t{0x8000'0000},
          minus(0x8000'0000), std::uint64_t{0x1234'5678'9abc'def0}})
        for (unsigned to = 0; to < 10; ++to)
            CHECK(run(program(lddw(static_cast<Register>(to), number), mov(r0, static_cast<Register>(to)), leave()),
                      {}) == number);
}

TEST_CASE("isa: loads and stores of every size, near and far") {
    static Machine machine;
    const std::uint64_t number = 0x8182'8384'8586'8788;
    for (const unsigned bytes : {1u, 2u, 4u, 8u})
        for (const int at : {0, 7, 127, 128, 500, 1000})
            for (unsigned to = 0; to < 10; ++to)
                for (unsigned from = 0; from < 10; ++from) {
                    const auto base = static_cast<Register>(to), value = static_cast<Register>(from);
                    if (base == value || base == r1 || (from + to) % 3 != 0)
                        continue;
                    const std::uint64_t mask = bytes == 8 ? ~0ull : (1ull << 8 * bytes) - 1;
                    const Program stores =
                        program(ldx(8, base, r1, 16), lddw(value, number), stx(bytes, base, at, value),
                                st(bytes, base, at + 8, -2), ldx(bytes, r0, base, at));
                    REQUIRE(machine.load(program(stores, leave()), FilterKind::Filter, 1016));
                    const Outcome outcome = machine.run({}, Octets(1016));
                    CHECK(machine.problem() == "");
                    CHECK(outcome.result == (number & mask));
                    Octets expected(1016);
                    std::memcpy(expected.data() + at, &number, bytes);
                    const std::uint64_t other = minus(2);
                    std::memcpy(expected.data() + at + 8, &other, bytes);
                    CHECK(outcome.scratch == expected);
                    if (bytes == 8)
                        continue;
                    REQUIRE(machine.load(
                        program(ldx(8, base, r1, 16), ldxs(bytes, value, base, at), mov(r0, value), leave()),
                        FilterKind::Filter, 1016));
                    // The highest bit of each size is set in `number`.
                    CHECK(machine.run({}, expected).result == minus(mask + 1 - (number & mask)));
                    CHECK(machine.problem() == "");
                }
}

TEST_CASE("isa: random operands for every operation, interpreted and compiled alike") {
    std::mt19937_64 random(11);
    static Machine machine;
    for (int round = 0; round < 2000; ++round) {
        const auto op = static_cast<AluOp>(random() % 13);
        const Class c = random() % 2 ? Class::Alu : Class::Alu64;
        const auto to = static_cast<Register>(random() % 6), from = static_cast<Register>(random() % 6);
        if (op == AluOp::Neg || to == from)
            continue;
        const std::uint64_t left = random() >> random() % 64, right = random() >> random() % 64;
        const int offset = (op == AluOp::Div || op == AluOp::Mod) ? static_cast<int>(random() % 2) : 0;
        const FilterInstruction i =
            random() % 2 ? alu(op, to, from, offset, c) : alu(op, to, static_cast<std::int32_t>(random()), offset, c);
        REQUIRE(
            machine.load(program(operands(to, left, from, right, false), i, mov(r0, to), leave()), FilterKind::Filter));
        machine.run(packet_with(left, right));
        REQUIRE_MESSAGE(machine.problem() == "", int{i.opcode} << " " << left << " " << right);
    }
}
