// See programs.hpp. Opcodes: RFC 9669, 4 and 5.
#include "bench/network/filter/programs.hpp"

namespace bench::filter {

namespace {

constexpr Instruction op(unsigned code, unsigned to, unsigned from, int offset, int value) {
    return {static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(from << 4 | to),
            static_cast<std::int16_t>(offset), value};
}
constexpr Instruction load8(unsigned to, unsigned from, int at) {
    return op(0x71, to, from, at, 0);
}
constexpr Instruction load16(unsigned to, unsigned from, int at) {
    return op(0x69, to, from, at, 0);
}
constexpr Instruction load64(unsigned to, unsigned from, int at) {
    return op(0x79, to, from, at, 0);
}
constexpr Instruction store64(unsigned to, int at, unsigned from) {
    return op(0x7b, to, from, at, 0);
}
constexpr Instruction set(unsigned to, int value) {
    return op(0xb7, to, 0, 0, value);
}
constexpr Instruction move(unsigned to, unsigned from) {
    return op(0xbf, to, from, 0, 0);
}
constexpr Instruction add(unsigned to, int value) {
    return op(0x07, to, 0, 0, value);
}
constexpr Instruction both_bits(unsigned to, int value) {
    return op(0x57, to, 0, 0, value);
}
constexpr Instruction unless_equal(unsigned left, int value, int by) {
    return op(0x55, left, 0, by, value);
}
constexpr Instruction if_greater(unsigned left, unsigned right, int by) {
    return op(0x2d, left, right, by, 0);
}
constexpr Instruction if_above(unsigned left, int value, int by) {
    return op(0x25, left, 0, by, value);
}
constexpr Instruction leave() {
    return op(0x95, 0, 0, 0, 0);
}

constexpr unsigned stack_slots = exo::filter_stack_bytes / 8, frame_pointer = 10;
constexpr unsigned packet_octets = 64;
constexpr int blocks = 60; // fewer than branches may wait at a time

class Writer {
public:
    explicit Writer(std::span<Instruction> into) : into_(into) {}
    void put(const Instruction& instruction) {
        if (count_ < into_.size())
            into_[count_++] = instruction;
    }
    std::size_t count() const { return count_; }
    std::size_t room() const { return into_.size() - count_; }

private:
    std::span<Instruction> into_;
    std::size_t count_ = 0;
};

} // namespace

constinit const std::array<Instruction, filter_instructions> udp_port_filter = {load64(2, 1, 0),
                                                                                load64(1, 1, 8),
                                                                                set(0, 0),
                                                                                move(3, 2),
                                                                                add(3, 42),
                                                                                if_greater(3, 1, 13),
                                                                                load16(3, 2, 12),
                                                                                unless_equal(3, 0x0008, 11),
                                                                                load8(3, 2, 14),
                                                                                both_bits(3, 0xf0),
                                                                                unless_equal(3, 0x40, 8),
                                                                                load16(3, 2, 20),
                                                                                both_bits(3, 0xff1f),
                                                                                unless_equal(3, 0, 5),
                                                                                load8(3, 2, 23),
                                                                                unless_equal(3, 17, 3),
                                                                                load16(3, 2, 36),
                                                                                unless_equal(3, 0xa00f, 1),
                                                                                set(0, 1),
                                                                                leave()};

std::size_t make_hard(Hard kind, std::span<Instruction, exo::filter_instructions_max> into) {
    Writer out(into);
    out.put(load64(2, 1, 0));
    out.put(load64(3, 1, 8));
    out.put(move(4, 2));
    out.put(add(4, packet_octets));
    out.put(if_greater(3, 4, 2));
    out.put(set(0, 0));
    out.put(leave());
    // What the packet says is known only as far as comparisons tell.
    for (unsigned i = 5; i <= 9; ++i)
        out.put(load8(i, 2, static_cast<int>(i)));
    if (kind != Hard::registers)
        for (unsigned i = 1; i <= stack_slots; ++i)
            out.put(store64(frame_pointer, -8 * static_cast<int>(i), 5 + i % 5));
    // Each block doubles the paths; what differs between them is kept to the end, in the last slot or in a register.
    for (int i = 0; kind == Hard::length ? out.room() > stack_slots + 12 : i < blocks; ++i) {
        out.put(load8(5, 2, i % static_cast<int>(packet_octets)));
        out.put(if_above(5, i % 250, 1));
        out.put(add(9, 1 << i % 30)); // no two paths of the first thirty blocks have the same sum
        if (kind != Hard::registers)
            out.put(store64(frame_pointer, -static_cast<int>(exo::filter_stack_bytes), 9));
    }
    // Everything is live until here.
    for (unsigned i = 1; kind != Hard::registers && i <= stack_slots; ++i)
        out.put(load64(6, frame_pointer, -8 * static_cast<int>(i)));
    if (kind != Hard::stack)
        for (unsigned i = 5; i <= 8; ++i)
            out.put(op(0x0f, 9, i, 0, 0));
    out.put(move(0, 9));
    out.put(leave());
    return out.count();
}

} // namespace bench::filter
