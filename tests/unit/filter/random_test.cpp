// Random programs, most of which are accepted: interpreted and compiled they end alike. The fuzzer does the same for
// longer. EXO_SEED=N repeats one row of programs.
#include "tests/unit/filter/machine.hpp"
#include "tests/unit/filter/program_maker.hpp"

#include <cstdlib>
#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("random programs: interpreter and compiled code agree, and most programs are accepted") {
    const char* const chosen = std::getenv("EXO_SEED");
    const std::uint64_t seed = chosen ? std::strtoull(chosen, nullptr, 10) : 1;
    Machine machine;
    unsigned accepted = 0;
    const unsigned programs = 400;
    for (unsigned k = 0; k < programs; ++k) {
        const std::vector<std::uint8_t> bytes = random_bytes(seed * 1000 + k, 40 + k % 300);
        ByteSource choices(bytes);
        const MadeProgram made = make_program(choices);
        INFO("EXO_SEED=" << seed << ", program " << k);
        if (!machine.load(made.program, made.kind, made.scratch_bytes))
            continue;
        ++accepted;
        Octets scratch(made.scratch_bytes, 0x5a);
        for (const std::size_t length : {39, 40, 64, 300}) {
            scratch = machine.run(random_bytes(seed + k + length, length), scratch, k).scratch;
            REQUIRE(machine.problem() == "");
        }
    }
    MESSAGE(accepted << " of " << programs << " accepted");
    CHECK(accepted > programs / 2);
}
