// Encodings of instructions on registers, constants and jumps. Those with memory operands are in x86_memory.cpp.
#include "secure-bindings/filter/x86_writer.hpp"

namespace exo::filter {

namespace {

unsigned low(Reg reg) {
    return static_cast<unsigned>(reg) & 7;
}
unsigned high(Reg reg) {
    return static_cast<unsigned>(reg) >> 3;
}

} // namespace

// xorshift64: no more than different constants at each place are wanted.
std::uint64_t X86Writer::random() {
    key_ ^= key_ << 13;
    key_ ^= key_ >> 7;
    key_ ^= key_ << 17;
    return key_;
}

void X86Writer::octet(unsigned value) {
    if (size_ < memory_.size()) {
        memory_[size_] = static_cast<std::byte>(value);
    }
    ++size_;
}

void X86Writer::number(std::uint64_t value, unsigned bytes) {
    for (unsigned k = 0; k < bytes; ++k) {
        octet(static_cast<unsigned>(value >> (8 * k) & 0xff));
    }
}

// REX, when it is needed: for 64 bits, for R8 and above, and to name the low octets of RSP, RBP, RSI and RDI.
void X86Writer::prefix(Width width, Reg reg, Reg base, Reg index, bool octet_register) {
    const unsigned rex = static_cast<unsigned>(width) << 3 | high(reg) << 2 | high(index) << 1 | high(base);
    if (rex != 0 || octet_register) {
        octet(0x40 | rex);
    }
}

void X86Writer::direct(unsigned reg, Reg rm) {
    octet(0xc0 | (reg & 7) << 3 | low(rm));
}

void X86Writer::binary(Binary op, Width width, Reg to, Reg from) {
    prefix(width, from, to);
    octet(static_cast<unsigned>(op) << 3 | 1);
    direct(low(from), to);
}

void X86Writer::binary_small(Binary op, Width width, Reg to, std::int8_t value) {
    prefix(width, Reg::Rax, to);
    octet(0x83);
    direct(static_cast<unsigned>(op), to);
    octet(static_cast<std::uint8_t>(value));
}

void X86Writer::compare_constant(Width width, Reg left, std::int32_t value) {
    prefix(width, Reg::Rax, left);
    octet(0x81);
    direct(static_cast<unsigned>(Binary::Cmp), left);
    number(static_cast<std::uint32_t>(value), 4);
}

void X86Writer::move(Width width, Reg to, Reg from) {
    prefix(width, from, to);
    octet(0x89);
    direct(low(from), to);
}

void X86Writer::move_zero_extended(Reg to, Reg from, unsigned bits) {
    prefix(Width::Half, to, from, Reg::Rax, bits == 8);
    octet(0x0f);
    octet(bits == 8 ? 0xb6 : 0xb7);
    direct(low(to), from);
}

void X86Writer::move_sign_extended(Width width, Reg to, Reg from, unsigned bits) {
    prefix(width, to, from, Reg::Rax, bits == 8);
    if (bits == 32) {
        octet(0x63);
    } else {
        octet(0x0f);
        octet(bits == 8 ? 0xbe : 0xbf);
    }
    direct(low(to), from);
}

void X86Writer::move_if(Condition condition, Reg to, Reg from) {
    prefix(Width::Whole, to, from);
    octet(0x0f);
    octet(0x40 | static_cast<unsigned>(condition));
    direct(low(to), from);
}

void X86Writer::test(Width width, Reg left, Reg right) {
    prefix(width, right, left);
    octet(0x85);
    direct(low(right), left);
}

void X86Writer::multiply(Width width, Reg to, Reg from) {
    prefix(width, to, from);
    octet(0x0f);
    octet(0xaf);
    direct(low(to), from);
}

void X86Writer::negate(Width width, Reg to) {
    prefix(width, Reg::Rax, to);
    octet(0xf7);
    direct(3, to);
}

void X86Writer::divide(Width width, Reg by, bool with_sign) {
    if (with_sign) {
        prefix(width, Reg::Rax, Reg::Rax); // CDQ, CQO
        octet(0x99);
    } else {
        binary(Binary::Xor, Width::Half, Reg::Rdx, Reg::Rdx);
    }
    prefix(width, Reg::Rax, by);
    octet(0xf7);
    direct(with_sign ? 7 : 6, by);
}

void X86Writer::shift(Shift op, Width width, Reg to, std::uint8_t count) {
    prefix(width, Reg::Rax, to);
    octet(0xc1);
    direct(static_cast<unsigned>(op), to);
    octet(count);
}

void X86Writer::shift_by_cl(Shift op, Width width, Reg to) {
    prefix(width, Reg::Rax, to);
    octet(0xd3);
    direct(static_cast<unsigned>(op), to);
}

void X86Writer::swap(Width width, Reg to) {
    prefix(width, Reg::Rax, to);
    octet(0x0f);
    octet(0xc8 | low(to));
}

void X86Writer::swap_16(Reg to) {
    octet(0x66);
    prefix(Width::Half, Reg::Rax, to);
    octet(0xc1); // ROR by 8
    direct(1, to);
    octet(8);
}

void X86Writer::constant(Reg to, std::uint64_t value, Reg spare) {
    const auto as_signed = static_cast<std::int64_t>(value);
    if (value == 0) {
        binary(Binary::Xor, Width::Half, to, to);
        return;
    }
    const bool small = one_octet(as_signed) || value <= 0xff;
    const std::uint64_t key = small ? 0 : random();
    if (value <= 0xffff'ffff) {
        prefix(Width::Half, Reg::Rax, to);
        octet(0xb8 | low(to));
        number(value ^ (key & 0xffff'ffff), 4);
        if (!small) {
            prefix(Width::Half, Reg::Rax, to);
            octet(0x81);
            direct(static_cast<unsigned>(Binary::Xor), to);
            number(key, 4);
        }
        return;
    }
    if (as_signed >= INT32_MIN && as_signed <= INT32_MAX) {
        prefix(Width::Whole, Reg::Rax, to);
        octet(0xc7);
        direct(0, to);
        number(value ^ key, 4);
        if (!small) {
            prefix(Width::Whole, Reg::Rax, to);
            octet(0x81);
            direct(static_cast<unsigned>(Binary::Xor), to);
            number(key, 4);
        }
        return;
    }
    for (const auto& [reg, part] : {std::pair{to, value ^ key}, std::pair{spare, key}}) {
        prefix(Width::Whole, Reg::Rax, reg);
        octet(0xb8 | low(reg));
        number(part, 8);
    }
    binary(Binary::Xor, Width::Whole, to, spare);
}

void X86Writer::push(Reg reg) {
    prefix(Width::Half, Reg::Rax, reg);
    octet(0x50 | low(reg));
}

void X86Writer::pop(Reg reg) {
    prefix(Width::Half, Reg::Rax, reg);
    octet(0x58 | low(reg));
}

void X86Writer::fence() {
    octet(0x0f);
    octet(0xae);
    octet(0xe8);
}

void X86Writer::jump(std::int32_t distance) {
    octet(0xe9);
    number(static_cast<std::uint32_t>(distance), 4);
}

void X86Writer::jump_if(Condition condition, std::int32_t distance) {
    octet(0x0f);
    octet(0x80 | static_cast<unsigned>(condition));
    number(static_cast<std::uint32_t>(distance), 4);
}

void X86Writer::call(std::int32_t distance) {
    octet(0xe8);
    number(static_cast<std::uint32_t>(distance), 4);
}

std::size_t X86Writer::jump_short() {
    octet(0xeb);
    octet(0);
    return size_;
}

std::size_t X86Writer::jump_short_if(Condition condition) {
    octet(0x70 | static_cast<unsigned>(condition));
    octet(0);
    return size_;
}

void X86Writer::land(std::size_t mark) {
    if (mark <= memory_.size()) {
        memory_[mark - 1] = static_cast<std::byte>(size_ - mark);
    }
}

} // namespace exo::filter
