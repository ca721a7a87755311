// Makes programs that the verifier will mostly accept out of a stream of small choices: it keeps a simple account of
// what each register holds, and now and then does what may be wrong.
#pragma once

#include "tests/unit/filter/assembler.hpp"
#include "tests/unit/secure-bindings/byte_source.hpp"

namespace exo::test {

struct MadeProgram {
    Program program;
    FilterKind kind;
    std::uint32_t scratch_bytes;
};

MadeProgram make_program(ByteSource& choices);

} // namespace exo::test
