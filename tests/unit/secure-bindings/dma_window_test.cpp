// The policy of DMA windows, row by row at its borders.
#include "secure-bindings/dma/dma_window.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <doctest/doctest.h>

namespace exo::test {

namespace {

constexpr Rights rw = right::Read | right::Write;
constexpr DmaLimits limits{39, 2};

struct Bench : Machine {
    Bench() : Machine(huge_machine_frames) {
        capability.kind = Kind::Frames;
        capability.rights = rw | right::Dma;
        capability.first = 512;
        capability.count = frames_per_huge;
    }
    std::string verdict(const DmaWindow& window, const DmaLimits& domain = limits) {
        const Status status = check_dma_window(window, capability, frames, domain);
        return status ? "allowed" : error_name(status.error());
    }
    Slot capability{};
};

} // namespace

TEST_CASE("form of a window") {
    Bench b;
    CHECK(b.verdict({0, 512, 1, 1, rw}) == "allowed");
    CHECK(b.verdict({0, 512, 1, 1, right::Read}) == "allowed");
    CHECK(b.verdict({0, 512, 1, 1, right::Write}) == "allowed");
    CHECK(b.verdict({0, 512, 1, 2, rw}) == "allowed");
    CHECK(b.verdict({0, 512, 0, 1, rw}) == "BadArgument");
    CHECK(b.verdict({0, 512, 1, 0, rw}) == "BadArgument");
    CHECK(b.verdict({0, 512, 1, 3, rw}) == "BadArgument");
    CHECK(b.verdict({0, 512, 1, 200, rw}) == "BadArgument");
    CHECK(b.verdict({0, 512, 1, 1, 0}) == "BadArgument");
    CHECK(b.verdict({0, 512, 1, 1, rw | right::Execute}) == "BadArgument");
    CHECK(b.verdict({0, 512, 1, 1, rw | right::Dma}) == "BadArgument");
}

TEST_CASE("the capability must be for frames, with Dma and what the device may do") {
    Bench b;
    b.capability.rights = rw;
    CHECK(b.verdict({0, 512, 1, 1, right::Read}) == "NoRight");
    b.capability.rights = right::Read | right::Dma;
    CHECK(b.verdict({0, 512, 1, 1, right::Read}) == "allowed");
    CHECK(b.verdict({0, 512, 1, 1, right::Write}) == "NoRight");
    CHECK(b.verdict({0, 512, 1, 1, rw}) == "NoRight");
    b.capability.rights = right::all;
    b.capability.kind = Kind::Slices;
    CHECK(b.verdict({0, 512, 1, 1, right::Read}) == "WrongKind");
    b.capability.kind = Kind::None;
    CHECK(b.verdict({0, 512, 1, 1, right::Read}) == "WrongKind");
}

TEST_CASE("alignment follows the size of the page") {
    Bench b;
    CHECK(b.verdict({0x800, 512, 1, 1, rw}) == "Misaligned");
    CHECK(b.verdict({0x1000, 512, 1, 2, rw}) == "Misaligned");
    CHECK(b.verdict({0, 513, 1, 2, rw}) == "Misaligned");
    CHECK(b.verdict({0x1000, 513, 1, 1, rw}) == "allowed");
    CHECK(b.verdict({large_page_bytes, 512, 1, 3, rw}, {48, 3}) == "Misaligned");
    CHECK(b.verdict({huge_page_bytes, 512, 1, 3, rw}, {48, 3}) == "Misaligned");
}

TEST_CASE("no window reaches past the address width") {
    Bench b;
    const std::uint64_t end = 1ull << 39;
    CHECK(b.verdict({end - page_bytes, 512, 1, 1, rw}) == "allowed");
    CHECK(b.verdict({end - page_bytes, 512, 2, 1, rw}) == "BadAddress");
    CHECK(b.verdict({end, 512, 1, 1, rw}) == "BadAddress");
    CHECK(b.verdict({end, 512, 1, 1, rw}, {48, 2}) == "allowed");
    CHECK(b.verdict({~0xfffull, 512, 1, 1, rw}) == "BadAddress");
    CHECK(b.verdict({~0xfffull, 512, 2, 1, rw}, {48, 2}) == "BadAddress"); // wraps to 0x1000
    CHECK(b.verdict({0, 512, ~0ull, 1, rw}) == "BadAddress");
    CHECK(b.verdict({0, 512, 1ull << 52, 1, rw}) == "BadAddress"); // 2^64 bytes
    CHECK(b.verdict({0, 512, 1ull << 43, 2, rw}) == "BadAddress");
    CHECK(b.verdict({0, 512, (1ull << 55) + 1, 2, rw}) == "BadAddress");
}

TEST_CASE("no window covers the interrupt range") {
    Bench b;
    CHECK(b.verdict({0xfedf'f000, 512, 1, 1, rw}) == "allowed");
    CHECK(b.verdict({0xfedf'f000, 512, 2, 1, rw}) == "BadAddress");
    CHECK(b.verdict({0xfee0'0000, 512, 1, 1, right::Read}) == "BadAddress");
    CHECK(b.verdict({0xfee0'0000, 512, 1, 1, right::Write}) == "BadAddress");
    CHECK(b.verdict({0xfeef'f000, 512, 1, 1, rw}) == "BadAddress");
    CHECK(b.verdict({0xfef0'0000, 512, 1, 1, rw}) == "allowed");
    CHECK(b.verdict({0xfee0'0000, 512, 1, 2, rw}) == "BadAddress");
    CHECK(b.verdict({0xfea0'0000, 512, 3, 2, rw}) == "BadAddress");
    CHECK(b.verdict({0xfec0'0000, 512, 1, 2, rw}) == "allowed");
    CHECK(b.verdict({0xf000'0000, 512, 65536, 1, rw}) == "BadAddress"); // around all of it
    CHECK(b.verdict({0xc000'0000, 0, 1, 3, rw}, {48, 3}) == "BadAddress");
}

TEST_CASE("the frames are covered by the capability and are memory") {
    Bench b;
    CHECK(b.verdict({0, 511, 1, 1, rw}) == "OutOfRange");
    CHECK(b.verdict({0, 512 + frames_per_huge - 1, 1, 1, rw}) == "allowed");
    CHECK(b.verdict({0, 512 + frames_per_huge - 1, 2, 1, rw}) == "OutOfRange");
    CHECK(b.verdict({0, 512, frames_per_huge, 1, rw}) == "allowed");
    CHECK(b.verdict({0, 512, frames_per_huge + 1, 1, rw}) == "OutOfRange");
    CHECK(b.verdict({0, 512, 512, 2, rw}) == "allowed");
    CHECK(b.verdict({0, 512, 513, 2, rw}) == "OutOfRange");
    CHECK(b.verdict({0, ~0ull, 1, 1, rw}) == "OutOfRange");
    b.capability.first = 0;
    b.capability.count = ~0ull; // more than there is memory
    CHECK(b.verdict({0, huge_machine_frames - 1, 1, 1, rw}) == "allowed");
    CHECK(b.verdict({0, huge_machine_frames - 1, 2, 1, rw}) == "OutOfRange");
    CHECK(b.verdict({0, huge_machine_frames, 1, 1, rw}) == "OutOfRange");
    CHECK(b.verdict({0, ~0ull - 1, 1, 1, rw}) == "OutOfRange");
}

TEST_CASE("every frame is Data") {
    Bench b;
    b.frames.declare(2000, FrameType::PageTable);
    CHECK(b.verdict({0, 1024, 976, 1, rw}) == "allowed");
    CHECK(b.verdict({0, 1024, 977, 1, rw}) == "InUse");
    CHECK(b.verdict({0, 2000, 1, 1, rw}) == "InUse");
    CHECK(b.verdict({0, 1536, 1, 2, rw}) == "InUse");
    CHECK(b.verdict({0, 2001, 1, 1, rw}) == "allowed");
    b.frames.declare(2000, FrameType::Absent);
    CHECK(b.verdict({0, 2000, 1, 1, right::Read}) == "InUse");
}

} // namespace exo::test
