// What judging costs, in instructions: built like the kernel, without sanitizers, and stepped through one by one.
#include "tests/unit/extent/owner.hpp"
#include "tests/unit/flow/step_counter.hpp"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

TEST_CASE("the check of an extent is at most 20 instructions") {
    Extent extent{first_block, block_count, every_right};
    asm volatile("" : "+m"(extent));
    std::uint64_t most = 0;
    for (const std::uint64_t block : {std::uint64_t{0}, block_count - 1, block_count, ~std::uint64_t{0}}) {
        std::uint64_t blocks = 1;
        asm volatile("" : "+r"(blocks));
        bool allowed = false;
        const auto empty = count_steps([&] { asm volatile("" ::"r"(block), "r"(blocks)); });
        const auto steps = count_steps([&] { allowed = extent_allows(extent, block, blocks, right::Read); });
        CHECK(allowed == (block < block_count));
        most = std::max(most, steps - empty);
    }
    MESSAGE("the check of an extent: " << most);
    CHECK(most <= 20);
}

TEST_CASE("an entry of one page is judged in at most 200 instructions, and ended in 40") {
    Owner owner;
    ExtentRefusal refusal{};
    const ExtentEntry wanted = entry(ExtentOperation::Read, 3, 8, 8, 4096);
    const auto judging = count_steps([&] { refusal = owner.queue.take(wanted, nullptr); });
    CHECK(refusal == ExtentRefusal::None);
    std::uint32_t cost = 0;
    const auto ending = count_steps([&] { cost = owner.queue.end(3); });
    CHECK(cost == 4096);
    MESSAGE("judged in " << judging << ", ended in " << ending);
    CHECK(judging <= 200);
    CHECK(ending <= 40);
}
