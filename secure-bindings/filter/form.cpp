// The form of a program, before any of it is followed: known opcodes, registers that exist, unused fields that are 0,
// jumps that stay inside. at_ is the instruction that is looked at.
#include "secure-bindings/filter/verifier.hpp"

#include "secure-bindings/filter/signatures.hpp"

namespace exo::filter {

namespace {

bool writes_register(const FilterInstruction& i) {
    return is_alu(i) || class_of(i) == Class::Ldx || is_wide(i);
}

} // namespace

bool Verifier::check_form() {
    if (program_.empty()) {
        return broken(Rule::Empty);
    }
    if (program_.size() > filter_instructions_max) {
        return broken(Rule::TooLong, 0, static_cast<std::int64_t>(program_.size()), filter_instructions_max);
    }
    if (request_.scratch_bytes > filter_scratch_bytes_max) {
        return broken(Rule::ScratchSize, 0, request_.scratch_bytes, filter_scratch_bytes_max);
    }
    for (at_ = 0; at_ < program_.size(); ++at_) {
        notes_[at_] = {};
    }
    for (at_ = 0; at_ < program_.size(); ++at_) {
        if (!is_wide(program_[at_])) {
            continue;
        }
        const bool cut = at_ + 1u == program_.size() || program_[at_ + 1].opcode != 0 ||
                         program_[at_ + 1].registers != 0 || program_[at_ + 1].offset != 0;
        if (cut) {
            return broken(Rule::WideCut);
        }
        notes_[++at_].flags = note::second;
    }
    for (at_ = 0; at_ < program_.size(); ++at_) {
        const FilterInstruction& i = program_[at_];
        if (notes_[at_].has(note::second)) {
            continue;
        }
        if (const bool good = is_alu(i)    ? check_alu_form(i)
                              : is_jump(i) ? check_jump_form(i)
                                           : check_memory_form(i);
            !good) {
            return false;
        }
        if (destination(i) >= register_count || source(i) >= register_count) {
            return broken(Rule::RegisterNumber, 0, destination(i) >= register_count ? destination(i) : source(i));
        }
        if (writes_register(i) && destination(i) == frame_register) {
            return broken(Rule::WritesFramePointer);
        }
        if (!check_flow_form(i)) {
            return false;
        }
    }
    return true;
}

bool Verifier::check_alu_form(const FilterInstruction& i) {
    const AluOp op = alu_op(i);
    if (op > AluOp::End) {
        return broken(Rule::UnknownOpcode, 0, i.opcode);
    }
    if (op == AluOp::End) {
        if (class_of(i) == Class::Alu64 && from_register(i)) {
            return broken(Rule::UnknownOpcode, 0, i.opcode);
        }
        const bool width = i.immediate == 16 || i.immediate == 32 || i.immediate == 64;
        return (width && source(i) == 0 && i.offset == 0) || broken(Rule::ReservedField);
    }
    if (op == AluOp::Neg) {
        if (from_register(i)) {
            return broken(Rule::UnknownOpcode, 0, i.opcode);
        }
        return (i.immediate == 0 && source(i) == 0 && i.offset == 0) || broken(Rule::ReservedField);
    }
    const bool extends = op == AluOp::Mov && from_register(i) &&
                         (i.offset == 8 || i.offset == 16 || (i.offset == 32 && class_of(i) == Class::Alu64));
    const bool with_sign = (op == AluOp::Div || op == AluOp::Mod) && i.offset == 1;
    const bool operand = from_register(i) ? i.immediate == 0 : source(i) == 0;
    return (operand && (i.offset == 0 || extends || with_sign)) || broken(Rule::ReservedField);
}

bool Verifier::check_jump_form(const FilterInstruction& i) {
    const JumpOp op = jump_op(i);
    const bool narrow = class_of(i) == Class::Jmp32;
    if (op > JumpOp::Sle || (narrow && (op == JumpOp::Call || op == JumpOp::Exit))) {
        return broken(Rule::UnknownOpcode, 0, i.opcode);
    }
    if (op == JumpOp::Call) {
        return check_call_form(i);
    }
    if (is_conditional(i)) {
        return (from_register(i) ? i.immediate == 0 : source(i) == 0) || broken(Rule::ReservedField);
    }
    if (from_register(i)) {
        return broken(Rule::UnknownOpcode, 0, i.opcode);
    }
    const bool no_offset = op == JumpOp::Exit || narrow;
    const bool no_immediate = op == JumpOp::Exit || !narrow;
    const bool clean = i.registers == 0 && (!no_offset || i.offset == 0) && (!no_immediate || i.immediate == 0);
    return clean || broken(Rule::ReservedField);
}

bool Verifier::check_call_form(const FilterInstruction& i) {
    if (from_register(i)) {
        return broken(Rule::IndirectCall);
    }
    if (source(i) == 1) {
        return broken(Rule::LocalCall);
    }
    if (source(i) != 0 || i.immediate < 1 || static_cast<std::uint32_t>(i.immediate) > filter_helpers) {
        return broken(Rule::UnknownHelper, 0, i.immediate);
    }
    if (destination(i) != 0 || i.offset != 0) {
        return broken(Rule::ReservedField);
    }
    const Signature signature = signature_of(i.immediate);
    return (signature.kinds & static_cast<unsigned>(request_.kind)) != 0 || broken(Rule::HelperKind, 0, i.immediate);
}

bool Verifier::check_memory_form(const FilterInstruction& i) {
    if (class_of(i) == Class::Ld) {
        if (mode_of(i) == Mode::Abs || mode_of(i) == Mode::Ind) {
            return broken(Rule::LegacyLoad);
        }
        if (!is_wide(i)) {
            return broken(Rule::UnknownOpcode, 0, i.opcode);
        }
        if (source(i) != 0) {
            return broken(Rule::WideKind, 0, source(i));
        }
        return i.offset == 0 || broken(Rule::ReservedField);
    }
    const bool load = class_of(i) == Class::Ldx;
    if (class_of(i) == Class::Stx && mode_of(i) == Mode::Atomic) {
        return broken(Rule::AtomicOperation);
    }
    if (mode_of(i) != Mode::Mem && !(load && mode_of(i) == Mode::MemSx && access_bytes(i) < 8)) {
        return broken(Rule::UnknownOpcode, 0, i.opcode);
    }
    return (class_of(i) == Class::St ? source(i) == 0 : i.immediate == 0) || broken(Rule::ReservedField);
}

bool Verifier::check_flow_form(const FilterInstruction& i) {
    const auto count = static_cast<std::int64_t>(program_.size());
    const std::int64_t next = at_ + (is_wide(i) ? 2 : 1);
    const bool goes_on = !is_exit(i) && !(is_jump(i) && jump_op(i) == JumpOp::Ja);
    if (goes_on && next == count) {
        return broken(Rule::FallsOffEnd);
    }
    if (!is_jump(i) || is_call(i) || is_exit(i)) {
        return true;
    }
    const std::int64_t target = next + jump_distance(i);
    if (target < 0 || target >= count) {
        return broken(Rule::JumpTarget, 0, target, count);
    }
    Note& note = notes_[static_cast<std::size_t>(target)];
    if (note.has(note::second)) {
        return broken(Rule::JumpIntoWide, 0, target);
    }
    note.flags |= note::target;
    return true;
}

} // namespace exo::filter
