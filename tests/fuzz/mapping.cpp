// Fuzzes the tables of translations: bytes become operations, and everything is looked over after every few
// and at the end, since what is broken stays broken.
// The operations and what they are compared with are in tests/unit/secure-bindings/mapping_play.hpp.
#include "tests/unit/secure-bindings/mapping_play.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    exo::test::ByteSource source({data, size});
    exo::test::MappingPlay play;
    while (!source.empty()) {
        if (const auto problem = play.step(source, 4)) {
            std::fprintf(stderr, "%s\n", problem->c_str());
            std::abort();
        }
    }
    return 0;
}
