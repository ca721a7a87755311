// Random plays against the model, many of them, each from nothing to nothing.
#include "tests/unit/flow/flow_play.hpp"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("random flows: narrowing, removal and lookup are what the model says") {
    FlowPlay::Counts sum;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        const std::vector<std::uint8_t> bytes = random_bytes(seed, 24'000);
        ByteSource source(bytes);
        FlowPlay play;
        while (!source.empty()) {
            const std::optional<std::string> problem = play.step(source);
            REQUIRE_MESSAGE(!problem, problem.value_or(""));
        }
        const std::optional<std::string> problem = play.finish();
        REQUIRE_MESSAGE(!problem, problem.value_or(""));
        const FlowPlay::Counts& counts = play.counts();
        sum.narrowed += counts.narrowed;
        sum.bad += counts.bad;
        sum.outside += counts.outside;
        sum.occupied += counts.occupied;
        sum.full += counts.full;
        sum.closing += counts.closing;
        sum.removed += counts.removed;
        sum.below_root += counts.below_root;
        sum.far_found += counts.far_found;
    }
    MESSAGE("narrowed " << sum.narrowed << ", bad " << sum.bad << ", outside " << sum.outside << ", occupied "
                        << sum.occupied << ", full " << sum.full << ", closing " << sum.closing << ", removed "
                        << sum.removed << ", below root " << sum.below_root << ", far " << sum.far_found);
    // The plays came to everything.
    CHECK(sum.narrowed > 1000);
    CHECK(sum.bad > 100);
    CHECK(sum.outside > 100);
    CHECK(sum.occupied > 100);
    CHECK(sum.full > 100);
    CHECK(sum.closing > 10);
    CHECK(sum.removed > 500);
    CHECK(sum.below_root > 1000);
    CHECK(sum.far_found > 100);
}
