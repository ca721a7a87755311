// Which registers are still read after an instruction begins. What nobody reads any more is forgotten where paths
// meet, so that paths which differ only in it are followed once.
#include "secure-bindings/filter/signatures.hpp"
#include "secure-bindings/filter/verifier.hpp"

namespace exo::filter {

namespace {

constexpr std::uint16_t all_registers = (1u << register_count) - 1;
constexpr std::uint16_t call_registers = 0x3f; // R0 to R5 do not survive a call
constexpr unsigned passes_max = 16;

constexpr std::uint16_t bit(unsigned number) {
    return static_cast<std::uint16_t>(1u << number);
}

std::uint16_t second_operand(const FilterInstruction& i) {
    return from_register(i) ? bit(source(i)) : 0;
}

std::uint16_t read_by(const FilterInstruction& i) {
    switch (class_of(i)) {
    case Class::Ld:
        return 0;
    case Class::Ldx:
        return bit(source(i));
    case Class::St:
        return bit(destination(i));
    case Class::Stx:
        return bit(destination(i)) | bit(source(i));
    case Class::Alu:
    case Class::Alu64: {
        const bool unary = alu_op(i) == AluOp::Neg || alu_op(i) == AluOp::End;
        const std::uint16_t own = alu_op(i) == AluOp::Mov ? 0 : bit(destination(i));
        return own | (unary ? 0 : second_operand(i));
    }
    case Class::Jmp:
    case Class::Jmp32:
        break;
    }
    if (is_call(i)) {
        std::uint16_t arguments = 0;
        const Signature signature = signature_of(i.immediate);
        for (unsigned k = 0; k < signature.arguments.size(); ++k) {
            arguments |= signature.arguments[k] == Argument::Nothing ? 0 : bit(k + 1);
        }
        return arguments;
    }
    if (is_exit(i)) {
        return bit(0);
    }
    return is_conditional(i) ? bit(destination(i)) | second_operand(i) : 0;
}

std::uint16_t written_by(const FilterInstruction& i) {
    if (is_call(i)) {
        return call_registers;
    }
    return is_alu(i) || class_of(i) == Class::Ldx || is_wide(i) ? bit(destination(i)) : 0;
}

} // namespace

void Verifier::find_live_registers() {
    const std::size_t count = program_.size();
    for (std::size_t k = 0; k < count; ++k) {
        live_[k] = 0;
    }
    bool changed = true;
    // Backwards, each pass carries what it finds through any number of forward jumps and one backward jump.
    for (unsigned pass = 0; changed && pass < passes_max; ++pass) {
        changed = false;
        for (std::size_t k = count; k-- > 0;) {
            if (notes_[k].has(note::second)) {
                continue;
            }
            const FilterInstruction& i = program_[k];
            const std::size_t next = k + (is_wide(i) ? 2 : 1);
            const bool jumps = is_jump(i) && !is_call(i) && !is_exit(i);
            const bool goes_on = !is_exit(i) && !(jumps && jump_op(i) == JumpOp::Ja);
            std::uint16_t after = goes_on ? live_[next] : 0;
            if (jumps) {
                after |= live_[next + static_cast<std::size_t>(jump_distance(i))];
            }
            const auto before = static_cast<std::uint16_t>((after & ~written_by(i)) | read_by(i) | bit(frame_register));
            changed = changed || before != live_[k];
            live_[k] = before;
        }
    }
    for (std::size_t k = 0; changed && k < count; ++k) {
        live_[k] = all_registers;
    }
}

} // namespace exo::filter
