// The encoder and decoder of 9P messages at their edges.
#include "libos/ninep/decode.hpp"
#include "libos/ninep/encode.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace exo;

TEST_CASE("9p codec: fields are little-endian and come back") {
    std::vector<std::byte> room(64);
    ninep::Encoder encoder(room);
    encoder.header(24, 0x1234).u8(1).u16(0x0302).u32(0x07060504).u64(0x0f0e0d0c0b0a0908).string("abc");
    encoder.finish(100);
    REQUIRE(encoder.fits());
    CHECK(encoder.bytes() == 7 + 15 + 5);
    CHECK(room[0] == std::byte{127});
    CHECK(room[4] == std::byte{24});
    CHECK(room[5] == std::byte{0x34});
    for (unsigned index = 0; index < 15; ++index)
        CHECK(room[7 + index] == std::byte(index + 1));
    ninep::Decoder decoder({room.data(), encoder.bytes()});
    CHECK(decoder.u32() == 127);
    CHECK(decoder.u8() == 24);
    CHECK(decoder.u16() == 0x1234);
    CHECK(decoder.u8() == 1);
    CHECK(decoder.u16() == 0x0302);
    CHECK(decoder.u32() == 0x07060504);
    CHECK(decoder.u64() == 0x0f0e0d0c0b0a0908);
    CHECK(decoder.string() == "abc");
    CHECK(decoder.left() == 0);
    CHECK(decoder.ok());
}

TEST_CASE("9p codec: what does not fit is not written") {
    for (std::size_t size = 0; size < 12; ++size) {
        std::vector<std::byte> room(size); // exact, so that the sanitizer sees a step outside
        ninep::Encoder encoder(room);
        encoder.header(1, 2).string("abc");
        encoder.finish();
        CHECK(encoder.fits() == false);
        CHECK(encoder.bytes() <= size);
    }
    std::vector<std::byte> room(100'000);
    ninep::Encoder encoder(room);
    CHECK_FALSE(encoder.string(std::string(65'536, 'x')).fits());
    CHECK_FALSE(encoder.u8(1).fits()); // stays so
}

TEST_CASE("9p codec: what is missing reads as nothing, and is remembered") {
    const std::vector<std::byte> three(3, std::byte{0xff});
    ninep::Decoder decoder(three);
    CHECK(decoder.u32() == 0);
    CHECK_FALSE(decoder.ok());
    CHECK(decoder.u8() == 0);
    CHECK(decoder.string().empty());
    ninep::Decoder text(three);
    CHECK(text.string().empty()); // 65535 bytes announced, one there
    CHECK_FALSE(text.ok());
}
