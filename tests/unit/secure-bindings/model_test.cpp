// Long random plays of the real thing against the naive models. The seed is printed; EXO_SEED=N repeats a play.
#include "tests/unit/secure-bindings/binding_play.hpp"
#include "tests/unit/secure-bindings/capability_play.hpp"
#include "tests/unit/secure-bindings/mapping_play.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <random>

namespace exo::test {

namespace {

std::uint64_t chosen_seed() {
    if (const char* text = std::getenv("EXO_SEED")) {
        return std::strtoull(text, nullptr, 0);
    }
    return std::random_device()();
}

} // namespace

TEST_CASE("mappings play like their model") {
    const std::uint64_t seed = chosen_seed();
    MESSAGE("EXO_SEED=" << seed);
    for (std::uint64_t game = 0; game < 6; ++game) {
        const std::vector<std::uint8_t> bytes = random_bytes(seed + game, 20'000);
        ByteSource source(bytes);
        MappingPlay play;
        while (!source.empty()) {
            REQUIRE(play.step(source, 32).value_or("") == "");
        }
    }
}

TEST_CASE("capabilities play like their model") {
    const std::uint64_t seed = chosen_seed();
    MESSAGE("EXO_SEED=" << seed);
    for (std::uint64_t game = 0; game < 6; ++game) {
        const std::vector<std::uint8_t> bytes = random_bytes(seed + game, 20'000);
        ByteSource source(bytes);
        CapabilityPlay play;
        while (!source.empty()) {
            REQUIRE(play.step(source).value_or("") == "");
        }
    }
}

TEST_CASE("whatever is played, every entry is covered by a capability that lives") {
    const std::uint64_t seed = chosen_seed();
    MESSAGE("EXO_SEED=" << seed);
    for (std::uint64_t game = 0; game < 6; ++game) {
        const std::vector<std::uint8_t> bytes = random_bytes(seed + game, 20'000);
        ByteSource source(bytes);
        BindingPlay play;
        while (!source.empty()) {
            REQUIRE(play.step(source, 8).value_or("") == "");
        }
    }
}

} // namespace exo::test
