// One compilation: an instruction of the program at a time, twice over; the first time to learn where each will be.
// Included by the JIT only.
#pragma once

#include "secure-bindings/filter/instruction.hpp"
#include "secure-bindings/filter/jit.hpp"
#include "secure-bindings/filter/x86_writer.hpp"

namespace exo::filter {

// R0 to R5 are where the System V convention has result and arguments, so that calls of helpers move nothing; R6 to
// R10 are registers that a called function keeps. R9 to R11 of the machine are free for use within an instruction.
constexpr Reg machine_register(unsigned number) {
    constexpr Reg registers[register_count] = {Reg::Rax, Reg::Rdi, Reg::Rsi, Reg::Rdx, Reg::Rcx, Reg::R8,
                                               Reg::Rbx, Reg::R13, Reg::R14, Reg::R15, Reg::Rbp};
    return registers[number];
}

class Compiler {
public:
    Compiler(const Verified& verified, const HelperTable& helpers, const JitTarget& target, JitWork& work);
    std::expected<JitCode, JitProblem> compile();

private:
    void pass(std::span<std::byte> memory);
    void survey();
    void enter();
    void leave();
    void instruction(std::size_t index);
    // compile_alu.cpp
    void arithmetic(const FilterInstruction& i, const Note& note);
    void address_sum(const FilterInstruction& i, const Note& note);
    void move(const FilterInstruction& i);
    void shift(const FilterInstruction& i);
    void divide(const FilterInstruction& i);
    void byte_order(const FilterInstruction& i);
    // compile_flow.cpp
    void compare(const FilterInstruction& i);
    void jump(const FilterInstruction& i, const Note& note, std::size_t index);
    void call(const FilterInstruction& i);
    void jump_to(std::size_t index);
    void load(const FilterInstruction& i);
    void store(const FilterInstruction& i);

    const Verified& verified_;
    const HelperTable& helpers_;
    const JitTarget& target_;
    JitWork& work_;
    X86Writer out_;
    std::size_t entry_ = 0;
    std::uint32_t saved_ = 0; // a bit for each of R6 to R9 that is used
    bool uses_stack_ = false; // R10 is used
    std::uint32_t frame_bytes_ = 0;
    bool in_reach_ = true;
};

} // namespace exo::filter
