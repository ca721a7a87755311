// The frame of a compiled program, and the order of work. A program without R6 to R10 and without calls has no frame.
#include "secure-bindings/filter/jit.hpp"

#include "secure-bindings/filter/compiler.hpp"

namespace exo::filter {

namespace {

constexpr unsigned first_saved = 6;
constexpr unsigned last_saved = 9;
constexpr std::uint64_t pad_mask = 63; // the entry lies up to this many octets into the memory

std::uint64_t nonzero(std::uint64_t key) {
    return key != 0 ? key : 1;
}

} // namespace

Compiler::Compiler(const Verified& verified, const HelperTable& helpers, const JitTarget& target, JitWork& work)
    : verified_(verified), helpers_(helpers), target_(target), work_(work), out_({}, nonzero(target.key)) {}

std::expected<JitCode, JitProblem> Compiler::compile() {
    survey();
    work_.offsets = {};
    pass({});
    if (out_.size() > target_.memory.size()) {
        return std::unexpected(JitProblem::NoRoom);
    }
    pass(target_.memory);
    if (!in_reach_) {
        return std::unexpected(JitProblem::OutOfReach);
    }
    return JitCode{static_cast<std::uint32_t>(entry_), static_cast<std::uint32_t>(out_.size())};
}

// Both passes write the same octets, but for distances.
void Compiler::pass(std::span<std::byte> memory) {
    out_ = X86Writer(memory, nonzero(target_.key));
    for (std::uint64_t pad = out_.random() & pad_mask; pad > 0; --pad) {
        out_.trap();
    }
    entry_ = out_.size();
    enter();
    const std::size_t count = verified_.program.size();
    for (std::size_t k = 0; k < count; ++k) {
        work_.offsets[k] = static_cast<std::uint32_t>(out_.size());
        if (verified_.notes[k].has(note::second)) {
            continue;
        }
        if (verified_.notes[k].has(note::reached)) {
            instruction(k);
        } else {
            out_.trap();
        }
    }
    work_.offsets[count] = static_cast<std::uint32_t>(out_.size());
    leave();
}

void Compiler::survey() {
    bool calls = false;
    for (std::size_t k = 0; k < verified_.program.size(); ++k) {
        const FilterInstruction& i = verified_.program[k];
        if (verified_.notes[k].has(note::second)) {
            continue;
        }
        for (const unsigned number : {destination(i), source(i)}) {
            saved_ |= number >= first_saved && number <= last_saved ? 1u << number : 0;
            uses_stack_ = uses_stack_ || number == frame_register;
        }
        calls = calls || is_call(i);
    }
    frame_bytes_ = uses_stack_ ? verified_.stack_bytes : 0;
    // A called function expects the stack at a multiple of 16: so far there are the return address and what is pushed.
    unsigned pushed = 1 + (uses_stack_ ? 1 : 0);
    for (unsigned number = first_saved; number <= last_saved; ++number) {
        pushed += saved_ >> number & 1;
    }
    if (calls && (8 * pushed + frame_bytes_) % 16 != 0) {
        frame_bytes_ += 8;
    }
}

void Compiler::enter() {
    if (uses_stack_) {
        out_.push(Reg::Rbp);
        out_.move(Width::Whole, Reg::Rbp, Reg::Rsp);
    }
    // Not in one step: a small number is one octet.
    for (std::uint32_t left = frame_bytes_; left > 0;) {
        const std::uint32_t step = left < 120 ? left : 120;
        out_.binary_small(Binary::Sub, Width::Whole, Reg::Rsp, static_cast<std::int8_t>(step));
        left -= step;
    }
    for (unsigned number = first_saved; number <= last_saved; ++number) {
        if ((saved_ >> number & 1) != 0) {
            out_.push(machine_register(number));
        }
    }
}

void Compiler::leave() {
    for (unsigned number = last_saved; number >= first_saved; --number) {
        if ((saved_ >> number & 1) != 0) {
            out_.pop(machine_register(number));
        }
    }
    if (uses_stack_) {
        out_.leave();
    } else if (frame_bytes_ != 0) {
        out_.binary_small(Binary::Add, Width::Whole, Reg::Rsp, static_cast<std::int8_t>(frame_bytes_));
    }
    out_.ret();
}

void Compiler::instruction(std::size_t index) {
    const FilterInstruction& i = verified_.program[index];
    const Note& note = verified_.notes[index];
    switch (class_of(i)) {
    case Class::Ld:
        out_.constant(machine_register(destination(i)), wide_immediate(&i), Reg::R11);
        return;
    case Class::Ldx:
        load(i);
        return;
    case Class::St:
    case Class::Stx:
        store(i);
        if (note.has(note::fence)) {
            out_.fence();
        }
        return;
    case Class::Alu:
    case Class::Alu64:
        arithmetic(i, note);
        return;
    case Class::Jmp:
    case Class::Jmp32:
        break;
    }
    if (is_call(i)) {
        call(i);
    } else if (is_exit(i)) {
        if (index + 1 != verified_.program.size()) {
            jump_to(verified_.program.size());
        }
    } else {
        jump(i, note, index);
    }
}

std::expected<JitCode, JitProblem> compile(const Verified& verified, const HelperTable& helpers,
                                           const JitTarget& target, JitWork& work) {
    Compiler compiler(verified, helpers, target, work);
    return compiler.compile();
}

} // namespace exo::filter
