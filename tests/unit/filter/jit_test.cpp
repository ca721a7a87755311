// What the compiled code must be beside right: its constants are hidden, it keeps to its memory, its calls are direct,
// and speculation stops where the verifier says.
#include "tests/unit/filter/assembler.hpp"
#include "tests/unit/filter/packets.hpp"

#include <algorithm>
#include <cstring>
#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

bool contains(std::span<const std::byte> code, std::initializer_list<unsigned> octets) {
    std::vector<std::byte> wanted;
    for (const unsigned octet : octets)
        wanted.push_back(static_cast<std::byte>(octet));
    return std::search(code.begin(), code.end(), wanted.begin(), wanted.end()) != code.end();
}
std::size_t fences(std::span<const std::byte> code) {
    std::size_t count = 0;
    for (std::size_t k = 0; k + 3 <= code.size(); ++k)
        count += contains(code.subspan(k, 3), {0x0f, 0xae, 0xe8}) ? 1 : 0;
    return count;
}
bool load(Machine& machine, const Program& code, FilterKind kind = FilterKind::Filter, std::uint32_t scratch = 0) {
    const bool accepted = machine.load(code, kind, scratch);
    REQUIRE_MESSAGE(accepted, machine.words());
    return accepted;
}

} // namespace

TEST_CASE("jit: constants of the program do not appear in the code") {
    // What an attacker would like to jump into: 58 c3 90 cc in every place that a program can put four octets.
    const std::int64_t spray = static_cast<std::int32_t>(0xcc90'c358);
    const std::uint64_t wide = 0xcc90'c358'cc90'c358;
    const Program sprayed = program(
        ldx(8, r6, r1, 16), ldx(4, r7, r1, 24), mov(r2, spray), add(r2, spray), alu32(AluOp::Mov, r3, spray),
        alu(AluOp::And, r3, spray), alu(AluOp::Or, r3, spray), alu(AluOp::Xor, r3, spray), alu(AluOp::Sub, r3, spray),
        alu(AluOp::Mul, r3, spray), alu32(AluOp::Div, r3, spray), alu(AluOp::Mod, r3, spray, 1), lddw(r4, wide),
        st(4, r6, 0, spray), st(8, r6, 8, spray), jump(JumpOp::Eq, r7, spray, 0),
        jump(JumpOp::Ne, r7, spray, 0, Class::Jmp32), jump(JumpOp::Gt, r7, spray, 0), jump(JumpOp::Slt, r7, spray, 0),
        jump(JumpOp::Set, r7, spray, 0), ldx(1, r5, r6, 0x0fc3), mov(r0, r2), leave());
    std::vector<std::byte> first;
    for (const std::uint64_t key : {0x0123'4567'89ab'cdefull, 0x1111ull, 0xfedc'ba98'7654'3210ull}) {
        Machine machine;
        machine.set_key(key);
        load(machine, sprayed, FilterKind::Filter, 4096);
        const auto code = machine.code();
        CHECK_FALSE(contains(code, {0x58, 0xc3, 0x90, 0xcc}));
        CHECK_FALSE(contains(code, {0x58, 0xc3, 0x90}));
        CHECK_FALSE(contains(code, {0xc3, 0x90, 0xcc}));
        CHECK_FALSE(contains(code, {0xc3, 0x0f}));
        const Outcome outcome = machine.run(Octets(60), Octets(4096));
        CHECK(machine.problem() == "");
        CHECK(outcome.result == static_cast<std::uint64_t>(2 * spray));
        // Another key, other code.
        if (first.empty())
            first.assign(code.begin(), code.end());
        else
            CHECK_FALSE(std::equal(first.begin(), first.end(), code.begin(), code.end()));
    }
}

TEST_CASE("jit: speculation stops behind a comparison with the packet's end") {
    Machine machine;
    load(machine, program(ldx(4, r2, r1, 24), mov(r0, 0), jump(JumpOp::Eq, r2, 60, 1), mov(r0, 1), leave()));
    CHECK(fences(machine.code()) == 0); // a comparison of numbers that nothing depends on
    load(machine, program(packet_of(14), ldx(1, r0, r2, 0), leave()));
    CHECK(fences(machine.code()) == 2); // on both ways
}

TEST_CASE("jit: speculation stops where the verifier follows one way only") {
    Machine machine;
    load(machine, program(mov(r2, 5), mov(r0, 0), jump(JumpOp::Eq, r2, 5, 1), ldx(8, r0, r2, 0), leave()));
    CHECK(fences(machine.code()) == 2);
    CHECK(machine.run({}).result == 0);
}

TEST_CASE("jit: a store that a load must not overtake is followed by a fence") {
    Machine machine;
    load(machine, program(stx(8, r10, -8, r1), ldx(8, r2, r10, -8), ldx(4, r0, r2, 24), leave()));
    CHECK(fences(machine.code()) == 1);
    CHECK(machine.run(Octets(77)).result == 77);
    load(machine, program(st(8, r10, -8, 1), st(8, r10, -8, 2), ldx(8, r0, r10, -8), leave()));
    CHECK(fences(machine.code()) == 1); // the second has its like beneath it
    CHECK(machine.run({}).result == 2);
}

TEST_CASE("jit: a number that moves an address is held to what it can be") {
    Machine machine;
    const Program indexed = program(ldx(8, r6, r1, 16), ldx(4, r2, r1, 28), alu(AluOp::And, r2, 63), add(r6, r2),
                                    ldx(1, r0, r6, 0), leave());
    load(machine, indexed, FilterKind::Filter, 64);
    CHECK(contains(machine.code(), {0x0f, 0x46})); // CMOVBE
    Octets scratch(64);
    scratch[41] = 9;
    CHECK(machine.run({}, scratch, 41).result == 9);
    // Not the same on all paths: no number to hold it to, so a fence.
    load(machine,
         program(ldx(8, r6, r1, 16), ldx(4, r2, r1, 28), alu(AluOp::And, r2, 63), mov(r3, 1),
                 jump(JumpOp::Eq, r2, 5, 1), mov(r3, r6), add(r3, r2), mov(r0, 1), leave()),
         FilterKind::Filter, 64);
    CHECK_FALSE(contains(machine.code(), {0x0f, 0x46}));
    CHECK(fences(machine.code()) == 1);
    for (std::uint32_t flags = 0; flags < 64; ++flags) {
        machine.run({}, scratch, flags);
        CHECK(machine.problem() == "");
    }
}

TEST_CASE("jit: helpers are called directly, behind a fence") {
    Machine machine;
    load(machine, program(mov(r6, 40), call(3), add(r0, r6), leave()));
    CHECK(contains(machine.code(), {0x0f, 0xae, 0xe8, 0xe8}));
    CHECK(machine.run({}).result == recorded_time + 40);
}

TEST_CASE("jit: code that no path reaches is a trap") {
    Machine machine;
    load(machine, program(mov(r0, 1), ja(2), lddw(r0, 0x1122'3344'5566'7788), leave()));
    CHECK_FALSE(contains(machine.code(), {0x48, 0xb8})); // the load of the constant
    CHECK(machine.run({}).result == 1);
}

TEST_CASE("jit: all registers, the whole stack and a call keep what the caller has") {
    Machine machine;
    const Program busy = program(mov(r6, 1), mov(r7, 2), mov(r8, 3), mov(r9, 4), st(8, r10, -512, 100),
                                 st(8, r10, -8, 200), call(3), ldx(8, r1, r10, -512), ldx(8, r2, r10, -8), mov(r0, 0),
                                 add(r0, r1), add(r0, r2), add(r0, r6), add(r0, r7), add(r0, r8), add(r0, r9), leave());
    load(machine, busy);
    CHECK(machine.run({}).result == 310);
}

TEST_CASE("jit: neither the memory given nor the reach of a call is exceeded") {
    Machine machine;
    load(machine, program(mov(r0, 1), call(3), leave()));
    const auto work = std::make_unique<filter::JitWork>();
    const std::size_t needed = machine.code().size();
    std::vector<std::byte> memory(needed + 64, std::byte{0x55});
    const auto compile = [&](std::size_t room, std::uint64_t address) {
        return filter::compile(machine.verified(), recording_helpers(),
                               {std::span(memory).first(room), address, 0x9e37'79b9'7f4a'7c15}, *work);
    };
    const auto near = reinterpret_cast<std::uint64_t>(machine.code().data());
    for (std::size_t room = 0; room < needed; ++room) {
        const auto code = compile(room, near);
        REQUIRE_FALSE(code);
        CHECK(code.error() == filter::JitProblem::NoRoom);
        CHECK(memory[room] == std::byte{0x55});
    }
    CHECK(compile(needed, near));
    const auto far = compile(needed, near + (1ull << 40));
    REQUIRE_FALSE(far);
    CHECK(far.error() == filter::JitProblem::OutOfReach);
}
