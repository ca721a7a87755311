// The byte routines against the C library's, at every small length and alignment.
#include "libos/memory/bytes.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

using namespace exo;

TEST_CASE("copies, moves and fills touch exactly their bytes") {
    std::vector<unsigned char> from(256), mine(256), theirs(256);
    for (std::size_t i = 0; i < from.size(); ++i)
        from[i] = static_cast<unsigned char>(i * 7 + 3);
    for (std::size_t bytes = 0; bytes < 100; ++bytes) {
        for (std::size_t shift = 0; shift < 9; ++shift) {
            std::fill(mine.begin(), mine.end(), 0xaa);
            theirs = mine;
            copy_bytes(mine.data() + 16 + shift, from.data() + 5, bytes);
            std::memcpy(theirs.data() + 16 + shift, from.data() + 5, bytes);
            REQUIRE(mine == theirs);
            fill_bytes(mine.data() + 8 + shift, 0x5c, bytes);
            std::memset(theirs.data() + 8 + shift, 0x5c, bytes);
            REQUIRE(mine == theirs);
            mine = theirs = from;
            move_bytes(mine.data() + 20 + shift, mine.data() + 20, bytes);
            std::memmove(theirs.data() + 20 + shift, theirs.data() + 20, bytes);
            REQUIRE(mine == theirs);
            move_bytes(mine.data() + 20, mine.data() + 20 + shift, bytes);
            std::memmove(theirs.data() + 20, theirs.data() + 20 + shift, bytes);
            REQUIRE(mine == theirs);
        }
    }
}

TEST_CASE("comparisons find the first difference") {
    std::vector<unsigned char> left(64, 1), right(64, 1);
    CHECK(compare_bytes(left.data(), right.data(), 64) == 0);
    for (std::size_t i = 0; i < 64; ++i) {
        right[i] = 2;
        CHECK(compare_bytes(left.data(), right.data(), 64) < 0);
        CHECK(compare_bytes(right.data(), left.data(), 64) > 0);
        CHECK(compare_bytes(left.data(), right.data(), i) == 0);
        right[i] = 1;
    }
    CHECK(string_length("four") == 4);
    CHECK(same_string("a", "a"));
    CHECK(!same_string("a", "ab"));
    CHECK(!same_string("b", "a"));
}
