// Writes the few x86-64 instructions that the JIT is made of (Intel SDM volume 2), into memory or into nothing to learn
// how long they are. Constants of the program are written disguised: whoever chooses them does not choose code octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace exo::filter {

// General registers by their numbers in encodings.
enum class Reg : std::uint8_t {
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rbx = 3,
    Rsp = 4,
    Rbp = 5,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R11 = 11,
    R12 = 12,
    R13 = 13,
    R14 = 14,
    R15 = 15,
};

enum class Width : std::uint8_t { Half = 0, Whole = 1 }; // 32 and 64 bits; results of Half have zeros above

// Two-operand instructions by the number in their encodings: opcode number * 8 + 1, or /number after 0x81 and 0x83.
enum class Binary : std::uint8_t { Add = 0, Or = 1, And = 4, Sub = 5, Xor = 6, Cmp = 7 };
enum class Shift : std::uint8_t { Left = 4, Right = 5, RightSigned = 7 };

// Conditions of jumps and moves; an even one and the odd one after it are opposites.
enum class Condition : std::uint8_t {
    Below = 2,
    NotBelow = 3,
    Equal = 4,
    NotEqual = 5,
    NotAbove = 6,
    Above = 7,
    Less = 12,
    NotLess = 13,
    NotGreater = 14,
    Greater = 15,
};
constexpr Condition inverse(Condition condition) {
    return static_cast<Condition>(static_cast<std::uint8_t>(condition) ^ 1);
}

class X86Writer {
public:
    // Writes to the start of `memory`, and counts on when it is full. `key` is not 0.
    X86Writer(std::span<std::byte> memory, std::uint64_t key) : memory_(memory), key_(key) {}

    std::size_t size() const { return size_; }
    bool fits() const { return size_ <= memory_.size(); }
    // The next of a row of random numbers, which is the same each time the same key is written with.
    std::uint64_t random();

    void octet(unsigned value);
    void binary(Binary op, Width width, Reg to, Reg from);
    void binary_small(Binary op, Width width, Reg to, std::int8_t value); // the value stands in the code as it is
    void compare_constant(Width width, Reg left, std::int32_t value);     // as it is, too
    void move(Width width, Reg to, Reg from);
    void move_zero_extended(Reg to, Reg from, unsigned bits);              // 8 or 16
    void move_sign_extended(Width width, Reg to, Reg from, unsigned bits); // 8, 16 or 32
    void move_if(Condition condition, Reg to, Reg from);
    void test(Width width, Reg left, Reg right);
    void multiply(Width width, Reg to, Reg from);
    void negate(Width width, Reg to);
    void divide(Width width, Reg by, bool with_sign); // of RDX:RAX, which it prepares from RAX
    void shift(Shift op, Width width, Reg to, std::uint8_t count);
    void shift_by_cl(Shift op, Width width, Reg to);
    void swap(Width width, Reg to);
    void swap_16(Reg to); // the octets of the low half word
    // to = base + index, or base + displacement.
    void sum(Reg to, Reg base, Reg index);
    void displaced(Width width, Reg to, Reg base, std::int32_t displacement);

    // A constant of the program, disguised unless it is one octet. Whole: all 64 bits count; `spare` may be
    // overwritten.
    void constant(Reg to, std::uint64_t value, Reg spare);

    // Octets at base + offset; an offset of more than one octet is disguised by `index`, which is overwritten.
    void load(Reg to, Reg base, std::int32_t offset, unsigned bytes, bool with_sign, Reg index);
    void store(Reg base, std::int32_t offset, Reg from, unsigned bytes, Reg index);

    void push(Reg reg);
    void pop(Reg reg);
    void leave() { octet(0xc9); }
    void ret() { octet(0xc3); }
    void fence();                     // LFENCE: nothing later begins before all earlier is done
    void trap() { octet(0xcc); }      // INT3
    void jump(std::int32_t distance); // from the end of this instruction
    void jump_if(Condition condition, std::int32_t distance);
    void call(std::int32_t distance);
    // A short jump forward whose distance is set by `land`.
    std::size_t jump_short();
    std::size_t jump_short_if(Condition condition);
    void land(std::size_t mark);

    static constexpr std::size_t jump_bytes = 5; // also of a call
    static constexpr std::size_t jump_if_bytes = 6;

private:
    void number(std::uint64_t value, unsigned bytes);
    void prefix(Width width, Reg reg, Reg base, Reg index = Reg::Rax, bool octet_register = false);
    void direct(unsigned reg, Reg rm);
    void memory_operand(Reg reg, Reg base, std::int32_t offset, Reg index);
    bool one_octet(std::int64_t value) const { return value >= -128 && value <= 127; }
    // Gives the displacement to write, after loading into `index` what makes up for it if it must be disguised.
    std::int32_t disguise(std::int32_t offset, Reg index);

    std::span<std::byte> memory_;
    std::uint64_t key_;
    std::size_t size_ = 0;
};

} // namespace exo::filter
