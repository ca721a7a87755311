// Medians, extremes and paired ratios. See stats.hpp.
#include "bench/harness/stats.hpp"

#include <doctest/doctest.h>

using bench::pairwise_ratios;
using bench::summarise;

TEST_CASE("the median of an odd count is the middle value, in any order") {
    const auto summary = summarise(std::vector<double>{9, 1, 5});
    REQUIRE(summary);
    CHECK(summary->median == 5);
    CHECK(summary->min == 1);
    CHECK(summary->max == 9);
    CHECK(summary->n == 3);
}

TEST_CASE("the median of an even count is the mean of the middle two") {
    CHECK(summarise(std::vector<double>{4, 1, 3, 100})->median == 3.5);
}

TEST_CASE("one value is its own median, least and greatest") {
    const auto summary = summarise(std::vector<double>{7});
    REQUIRE(summary);
    CHECK(summary->median == 7);
    CHECK(summary->min == 7);
    CHECK(summary->max == 7);
}

TEST_CASE("no values have no summary") {
    CHECK_FALSE(summarise({}));
}

TEST_CASE("ratios pair runs by index, not by order of size") {
    const auto ratios = pairwise_ratios(std::vector<double>{2, 30}, std::vector<double>{4, 10});
    CHECK(ratios == std::vector<double>{0.5, 3});
}

TEST_CASE("ratios stop at the shorter side and leave out a zero divisor") {
    CHECK(pairwise_ratios(std::vector<double>{1, 2, 3}, std::vector<double>{2, 0}) == std::vector<double>{0.5});
    CHECK(pairwise_ratios({}, std::vector<double>{1}).empty());
}

TEST_CASE("nothing of ours over something is a ratio of zero") {
    CHECK(pairwise_ratios(std::vector<double>{0}, std::vector<double>{15}) == std::vector<double>{0});
}
