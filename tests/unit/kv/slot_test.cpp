// Slots of keys against known values of CRC16/XMODEM and a bit-by-bit CRC, with hash tags.
#include "libos-kv/data/slot.hpp"
#include "tests/unit/kv/lab.hpp"

using namespace kv_test;

namespace {

unsigned crc16(std::string_view octets) {
    unsigned value = 0;
    for (const char octet : octets)
        for (int bit = 7; bit >= 0; bit--) {
            const bool out = (value >> 15 & 1) != (static_cast<unsigned char>(octet) >> bit & 1u);
            value = (value << 1 & 0xffff) ^ (out ? 0x1021 : 0);
        }
    return value;
}

} // namespace

TEST_CASE("known slots") {
    CHECK(crc16("123456789") == 0x31c3);
    CHECK(slot_of("123456789") == 0x31c3);
    CHECK(slot_of("") == 0);
    CHECK(slot_of("foo") == 12182);
    CHECK(slot_of("bar") == 5061);
    CHECK(slot_of("hello") == 866);
}

TEST_CASE("what stands between the first brace and the next names the slot") {
    CHECK(slot_of("{user1000}.following") == slot_of("user1000"));
    CHECK(slot_of("{user1000}.followers") == slot_of("user1000"));
    CHECK(slot_of("a{foo}b{bar}") == slot_of("foo"));
    CHECK(slot_of("foo{{bar}}zap") == slot_of("{bar"));
    CHECK(slot_of("foo{bar}{zap}") == slot_of("bar"));
    CHECK(slot_of("}{foo}") == slot_of("foo"));
    for (const std::string_view whole : {"foo{}{bar}", "{}", "{", "}", "{foo", "foo}", "}foo{"}) {
        CAPTURE(whole);
        CHECK(slot_of(whole) == crc16(whole) % 16384);
    }
}

TEST_CASE("random keys") {
    Dice dice;
    for (int round = 0; round < 20'000; round++) {
        std::string key = dice.value();
        std::erase(key, '{');
        REQUIRE(slot_of(key) == crc16(key) % 16384);
        std::string tag = dice.value(20) + "t";
        std::erase(tag, '}');
        REQUIRE(slot_of(key + "{" + tag + "}" + dice.value()) == crc16(tag) % 16384);
    }
}
