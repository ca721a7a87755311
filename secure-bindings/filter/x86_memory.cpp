// Encodings of instructions with a memory operand.
#include "secure-bindings/filter/x86_writer.hpp"

namespace exo::filter {

namespace {

unsigned low(Reg reg) {
    return static_cast<unsigned>(reg) & 7;
}

constexpr unsigned displaced_8 = 0x40;
constexpr unsigned displaced_32 = 0x80;
constexpr unsigned with_sib = 4;

} // namespace

// ModRM, SIB and displacement for base + offset, or base + index + offset when the offset is not one octet. The base is
// never RSP or R12, which would mean something else.
void X86Writer::memory_operand(Reg reg, Reg base, std::int32_t offset, Reg index) {
    if (one_octet(offset)) {
        octet(displaced_8 | low(reg) << 3 | low(base));
        octet(static_cast<std::uint8_t>(offset));
        return;
    }
    octet(displaced_32 | low(reg) << 3 | with_sib);
    octet(low(index) << 3 | low(base));
    number(static_cast<std::uint32_t>(offset), 4);
}

std::int32_t X86Writer::disguise(std::int32_t offset, Reg index) {
    if (one_octet(offset)) {
        return offset;
    }
    // Positive, and larger than any offset.
    const auto key = static_cast<std::int32_t>(0x0100'0000 | (random() & 0x3fff'ffff));
    prefix(Width::Half, Reg::Rax, index);
    octet(0xb8 | low(index));
    number(static_cast<std::uint32_t>(offset + key), 4);
    return -key;
}

void X86Writer::load(Reg to, Reg base, std::int32_t offset, unsigned bytes, bool with_sign, Reg index) {
    const std::int32_t written = disguise(offset, index);
    const Reg used = one_octet(written) ? Reg::Rax : index;
    prefix(bytes == 8 || with_sign ? Width::Whole : Width::Half, to, base, used);
    switch (bytes) {
    case 8:
        octet(0x8b);
        break;
    case 4:
        octet(with_sign ? 0x63 : 0x8b);
        break;
    default:
        octet(0x0f);
        octet((with_sign ? 0xbe : 0xb6) | (bytes == 2 ? 1u : 0u));
        break;
    }
    memory_operand(to, base, written, index);
}

void X86Writer::store(Reg base, std::int32_t offset, Reg from, unsigned bytes, Reg index) {
    const std::int32_t written = disguise(offset, index);
    const Reg used = one_octet(written) ? Reg::Rax : index;
    if (bytes == 2) {
        octet(0x66);
    }
    prefix(bytes == 8 ? Width::Whole : Width::Half, from, base, used, bytes == 1);
    octet(bytes == 1 ? 0x88 : 0x89);
    memory_operand(from, base, written, index);
}

void X86Writer::sum(Reg to, Reg base, Reg index) {
    prefix(Width::Whole, to, base, index);
    octet(0x8d);
    octet(displaced_8 | low(to) << 3 | with_sib);
    octet(low(index) << 3 | low(base));
    octet(0);
}

void X86Writer::displaced(Width width, Reg to, Reg base, std::int32_t displacement) {
    prefix(width, to, base);
    octet(0x8d);
    octet(displaced_32 | low(to) << 3 | low(base));
    number(static_cast<std::uint32_t>(displacement), 4);
}

} // namespace exo::filter
