// Jumps, calls, loads and stores.
#include "secure-bindings/filter/compiler.hpp"

namespace exo::filter {

namespace {

Width width_of(const FilterInstruction& i) {
    return class_of(i) == Class::Jmp ? Width::Whole : Width::Half;
}

bool one_octet(std::int32_t value) {
    return value >= -128 && value <= 127;
}

Condition condition_of(JumpOp op) {
    switch (op) {
    case JumpOp::Eq:
        return Condition::Equal;
    case JumpOp::Gt:
        return Condition::Above;
    case JumpOp::Ge:
        return Condition::NotBelow;
    case JumpOp::Lt:
        return Condition::Below;
    case JumpOp::Le:
        return Condition::NotAbove;
    case JumpOp::Sgt:
        return Condition::Greater;
    case JumpOp::Sge:
        return Condition::NotLess;
    case JumpOp::Slt:
        return Condition::Less;
    case JumpOp::Sle:
        return Condition::NotGreater;
    case JumpOp::Ne:
    case JumpOp::Set:
    case JumpOp::Ja:
    case JumpOp::Call:
    case JumpOp::Exit:
        break;
    }
    return Condition::NotEqual;
}

} // namespace

// Sets the flags that the condition of the jump is about.
void Compiler::compare(const FilterInstruction& i) {
    const Reg left = machine_register(destination(i));
    const Width width = width_of(i);
    const bool common = jump_op(i) == JumpOp::Set;
    if (from_register(i)) {
        const Reg right = machine_register(source(i));
        return common ? out_.test(width, left, right) : out_.binary(Binary::Cmp, width, left, right);
    }
    if (!common && one_octet(i.immediate)) {
        return out_.binary_small(Binary::Cmp, width, left, static_cast<std::int8_t>(i.immediate));
    }
    if (jump_op(i) == JumpOp::Eq || jump_op(i) == JumpOp::Ne) {
        // Both sides less the same number, of the immediate's sign so that the difference has 32 bits, too.
        const auto key = static_cast<std::int32_t>(out_.random() & 0x3fff'ffff);
        const std::int32_t less = i.immediate < 0 ? ~key : key;
        out_.displaced(width, Reg::R11, left, static_cast<std::int32_t>(0u - static_cast<std::uint32_t>(less)));
        return out_.compare_constant(
            width, Reg::R11,
            static_cast<std::int32_t>(static_cast<std::uint32_t>(i.immediate) - static_cast<std::uint32_t>(less)));
    }
    const auto extended = static_cast<std::uint64_t>(std::int64_t{i.immediate});
    out_.constant(Reg::R11, width == Width::Whole ? extended : static_cast<std::uint32_t>(extended), Reg::R10);
    common ? out_.test(width, left, Reg::R11) : out_.binary(Binary::Cmp, width, left, Reg::R11);
}

void Compiler::jump(const FilterInstruction& i, const Note& note, std::size_t index) {
    const auto target = static_cast<std::size_t>(static_cast<std::int64_t>(index) + 1 + jump_distance(i));
    if (jump_op(i) == JumpOp::Ja) {
        return jump_to(target);
    }
    compare(i);
    const Condition condition = condition_of(jump_op(i));
    if (!note.has(note::fence)) {
        const auto from = static_cast<std::int64_t>(out_.size() + X86Writer::jump_if_bytes);
        return out_.jump_if(condition, static_cast<std::int32_t>(work_.offsets[target] - from));
    }
    const std::size_t not_taken = out_.jump_short_if(inverse(condition));
    out_.fence();
    jump_to(target);
    out_.land(not_taken);
    out_.fence();
}

void Compiler::jump_to(std::size_t index) {
    const auto from = static_cast<std::int64_t>(out_.size() + X86Writer::jump_bytes);
    out_.jump(static_cast<std::int32_t>(work_.offsets[index] - from));
}

// Arguments are where the function expects them. What speculation has made of them does not get there.
void Compiler::call(const FilterInstruction& i) {
    out_.fence();
    // Safe: only the number of the address is wanted.
    const auto function = reinterpret_cast<std::uint64_t>(helpers_[static_cast<std::uint32_t>(i.immediate) - 1]);
    const auto from = target_.run_address + out_.size() + X86Writer::jump_bytes;
    const auto distance = static_cast<std::int64_t>(function - from);
    in_reach_ = in_reach_ && distance >= INT32_MIN && distance <= INT32_MAX;
    out_.call(static_cast<std::int32_t>(distance));
}

void Compiler::load(const FilterInstruction& i) {
    out_.load(machine_register(destination(i)), machine_register(source(i)), i.offset, access_bytes(i),
              mode_of(i) == Mode::MemSx, Reg::R11);
}

void Compiler::store(const FilterInstruction& i) {
    Reg from = Reg::R10;
    if (class_of(i) == Class::Stx) {
        from = machine_register(source(i));
    } else {
        const unsigned bytes = access_bytes(i);
        const std::uint64_t value = static_cast<std::uint64_t>(std::int64_t{i.immediate});
        out_.constant(from, bytes == 8 ? value : value & ((1ull << 8 * bytes) - 1), Reg::R11);
    }
    out_.store(machine_register(destination(i)), i.offset, from, access_bytes(i), Reg::R11);
}

} // namespace exo::filter
