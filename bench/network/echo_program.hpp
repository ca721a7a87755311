// The program that sends a UDP datagram back from inside the kernel, the same on both systems but for its first two
// loads and what it returns: instructions of RFC 9669, in their own encoding. Frames that do not hold Ethernet, IPv4
// and UDP headers go on. No checksum changes, since sums do not depend on the order. Freestanding.
#pragma once

#include <array>
#include <cstdint>

namespace bench::network {

struct EchoInstruction {
    std::uint8_t code;
    std::uint8_t registers; // destination in the low four bits, source in the high ones
    std::int16_t offset;
    std::int32_t immediate;
};
static_assert(sizeof(EchoInstruction) == 8);

// What differs: how the context is read, and the verdicts.
struct EchoSurroundings {
    std::uint8_t load_end; // opcode of a load of `data` or `data_end`
    std::int16_t data, data_end;
    std::int32_t reply, pass;
};
inline constexpr std::uint8_t load_word = 0x61, load_double_word = 0x79;

constexpr auto echo_program(const EchoSurroundings& here) {
    constexpr std::uint8_t load1 = 0x71, load2 = 0x69, load4 = 0x61, store2 = 0x6b, store4 = 0x63;
    const auto op = [](std::uint8_t code, unsigned to, unsigned from, int offset, int value) {
        return EchoInstruction{code, static_cast<std::uint8_t>(from << 4 | to), static_cast<std::int16_t>(offset),
                               value};
    };
    // r2 = data, r3 = data_end
    return std::array{
        op(here.load_end, 2, 1, here.data, 0),
        op(here.load_end, 3, 1, here.data_end, 0),
        op(0xbf, 4, 2, 0, 0),  // r4 = r2
        op(0x07, 4, 0, 0, 42), // the headers
        op(0x2d, 4, 3, 22, 0), // beyond the end
        op(load2, 5, 2, 12, 0),
        op(0x55, 5, 0, 20, 0x0008), // not IPv4
        op(load1, 5, 2, 23, 0),
        op(0x55, 5, 0, 18, 17), // not UDP
        op(load4, 5, 2, 0, 0),  // MAC addresses
        op(load2, 6, 2, 4, 0),
        op(load4, 7, 2, 6, 0),
        op(load2, 8, 2, 10, 0),
        op(store4, 2, 7, 0, 0),
        op(store2, 2, 8, 4, 0),
        op(store4, 2, 5, 6, 0),
        op(store2, 2, 6, 10, 0),
        op(load4, 5, 2, 26, 0), // IPv4 addresses
        op(load4, 6, 2, 30, 0),
        op(store4, 2, 6, 26, 0),
        op(store4, 2, 5, 30, 0),
        op(load2, 5, 2, 34, 0), // ports
        op(load2, 6, 2, 36, 0),
        op(store2, 2, 6, 34, 0),
        op(store2, 2, 5, 36, 0),
        op(0xb7, 0, 0, 0, here.reply),
        op(0x95, 0, 0, 0, 0),
        op(0xb7, 0, 0, 0, here.pass),
        op(0x95, 0, 0, 0, 0),
    };
}

} // namespace bench::network
