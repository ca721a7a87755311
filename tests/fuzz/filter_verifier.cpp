// Fuzzes the verifier: bytes are a program as they are. Nothing of it may crash the verifier, and every program that is
// accepted runs on a few packets with each access seen by AddressSanitizer, within the cost it was given.
#include "tests/unit/filter/machine.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace exo;
    if (size < 1)
        return 0;
    const auto kind = (data[0] & 1) != 0 ? FilterKind::Handler : FilterKind::Filter;
    const std::uint32_t scratch_bytes = data[0] >> 1;
    std::vector<FilterInstruction> program((size - 1) / sizeof(FilterInstruction));
    for (std::size_t k = 0; k < program.size(); ++k)
        std::memcpy(&program[k], data + 1 + k * sizeof(FilterInstruction), sizeof(FilterInstruction));
    static test::Machine machine;
    if (!machine.load(program, kind, scratch_bytes)) {
        char room[512];
        if (filter::describe(machine.refusal(), room).empty())
            std::abort();
        return 0;
    }
    test::Octets scratch(scratch_bytes);
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{1}, std::size_t{14}, std::size_t{60}, std::size_t{200}}) {
        test::Octets packet(length);
        for (std::size_t k = 0; k < length; ++k)
            packet[k] = data[(k * 7 + length) % size];
        scratch = machine.run(packet, scratch, static_cast<std::uint32_t>(length)).scratch;
        if (!machine.problem().empty()) {
            std::fprintf(stderr, "%s\n", machine.problem().c_str());
            std::abort();
        }
    }
    return 0;
}
