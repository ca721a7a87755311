// Fuzzes interpreter against JIT: bytes become choices, choices a program that is mostly accepted, and the two must
// leave the same result, packet, scratch memory and calls of helpers. AddressSanitizer watches every access of the
// interpreter.
#include "tests/unit/filter/machine.hpp"
#include "tests/unit/filter/program_maker.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace exo;
    test::ByteSource choices({data, size});
    const test::MadeProgram made = test::make_program(choices);
    static test::Machine machine;
    machine.set_key(size * 0x9e37'79b9'7f4a'7c15 + 1);
    if (!machine.load(made.program, made.kind, made.scratch_bytes))
        return 0;
    test::Octets scratch(made.scratch_bytes, 0xa5);
    for (const std::size_t length :
         {std::size_t{39}, std::size_t{40}, std::size_t{41}, std::size_t{150}, std::size_t{400}}) {
        const test::Octets packet = test::random_bytes(size + length, length);
        scratch = machine.run(packet, scratch, static_cast<std::uint32_t>(length)).scratch;
        if (!machine.problem().empty()) {
            std::fprintf(stderr, "%s\n", machine.problem().c_str());
            std::abort();
        }
    }
    return 0;
}
