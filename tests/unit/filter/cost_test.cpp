// What a filter of 20 instructions takes, interpreted and compiled: built like the kernel, without sanitizers, and
// stepped through one machine instruction at a time.
#include "tests/unit/filter/assembler.hpp"
#include "tests/unit/filter/packets.hpp"
#include "tests/unit/flow/step_counter.hpp"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

// IPv4, whole, UDP to port 4000.
Program twenty_instructions() {
    const auto unless = [](Register left, std::int64_t value, int distance) {
        return jump(JumpOp::Ne, left, value, distance);
    };
    return program(ldx(8, r2, r1, 0), ldx(8, r1, r1, 8), mov(r0, 0), mov(r3, r2), add(r3, 42),
                   jump(JumpOp::Gt, r3, r1, 13), ldx(2, r3, r2, 12), unless(r3, 0x0008, 11), ldx(1, r3, r2, 14),
                   alu(AluOp::And, r3, 0xf0), unless(r3, 0x40, 8), ldx(2, r3, r2, 20), alu(AluOp::And, r3, 0xff1f),
                   unless(r3, 0, 5), ldx(1, r3, r2, 23), unless(r3, 17, 3), ldx(2, r3, r2, 36), unless(r3, 0xa00f, 1),
                   mov(r0, 1), leave());
}

} // namespace

TEST_CASE("cost: compiled, a filter of 20 instructions takes an eighth of the interpreter's or less") {
    const Program twenty = twenty_instructions();
    REQUIRE(twenty.size() == 20);
    Machine machine;
    const bool accepted = machine.load(twenty, FilterKind::Filter);
    REQUIRE_MESSAGE(accepted, machine.words());
    CHECK(machine.verified().cost == 20);
    Octets packet = octets_of({});
    CHECK(machine.run(packet).result == 1);
    CHECK(machine.problem() == "");
    CHECK(machine.instructions() == 20);

    FilterContext context{packet.data(), packet.data() + packet.size(), nullptr,
                          static_cast<std::uint32_t>(packet.size()), 0};
    std::uint64_t interpreted_result = 0, compiled_result = 0;
    const std::uint64_t interpreted =
        count_steps([&] { interpreted_result = filter::interpret(machine.verified(), context, recording_helpers()); });
    const filter::Compiled compiled_function = machine.compiled();
    const std::uint64_t compiled = count_steps([&] { compiled_result = compiled_function(&context); });
    CHECK(interpreted_result == 1);
    CHECK(compiled_result == 1);
    MESSAGE("interpreted " << interpreted << ", compiled " << compiled << " machine instructions");
    CHECK(compiled * 8 <= interpreted);
}
