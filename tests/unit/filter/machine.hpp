// Verifies programs and runs them twice on the same input, interpreted and compiled; says how the two ended.
#pragma once

#include "secure-bindings/filter/interpreter.hpp"
#include "secure-bindings/filter/jit.hpp"
#include "secure-bindings/filter/verifier.hpp"

#include <memory>
#include <string>
#include <vector>

namespace exo::test {

using Octets = std::vector<std::uint8_t>;

// What a run left behind.
struct Outcome {
    std::uint64_t result = 0;
    Octets packet;
    Octets scratch;
    std::vector<std::uint64_t> calls; // helper numbers and what they were given, in order
    bool operator==(const Outcome&) const = default;
};

// The helpers of the tests; calls are kept in the outcome of the run that goes on.
const filter::HelperTable& recording_helpers();
inline constexpr std::uint64_t recorded_time = 0x0123'4567'89ab'cdef;

// Pages that are written first and executed afterwards, near enough to the helpers for a direct call.
class ExecutableMemory {
public:
    explicit ExecutableMemory(std::size_t bytes);
    ~ExecutableMemory();
    ExecutableMemory(const ExecutableMemory&) = delete;
    ExecutableMemory& operator=(const ExecutableMemory&) = delete;

    std::span<std::byte> octets() { return {start_, bytes_}; }
    void make_writable();
    void make_executable();

private:
    std::byte* start_ = nullptr;
    std::size_t bytes_;
};

class Machine {
public:
    Machine();
    // Takes a program up; false when it is refused.
    bool load(std::span<const FilterInstruction> program, FilterKind kind, std::uint32_t scratch_bytes = 0);
    const filter::Verified& verified() const { return verifier_->verified(); }
    const filter::Refusal& refusal() const { return verifier_->refusal(); }
    std::string words() const;

    Outcome interpret(const Octets& packet, const Octets& scratch, std::uint32_t flags = 0);
    Outcome run_compiled(const Octets& packet, const Octets& scratch, std::uint32_t flags = 0);
    // Both; a difference, or a run longer than the verifier said, fails the test that runs, or ends the fuzzer.
    Outcome run(const Octets& packet, const Octets& scratch = {}, std::uint32_t flags = 0);
    // Why the last `run` was wrong; empty when it was not.
    const std::string& problem() const { return problem_; }
    std::uint64_t instructions() const { return instructions_; } // of the last interpreted run
    void set_key(std::uint64_t key) { key_ = key; }
    // Safe: the memory is executable, and the code in it follows the convention of Compiled.
    filter::Compiled compiled() { return reinterpret_cast<filter::Compiled>(memory_.octets().data() + code_.entry); }
    std::span<const std::byte> code() const { return {code_start_, code_.bytes}; }

private:
    bool compile();

    std::unique_ptr<filter::Verifier> verifier_;
    std::vector<FilterInstruction> program_;
    ExecutableMemory memory_;
    filter::JitCode code_{};
    const std::byte* code_start_ = nullptr;
    std::uint64_t key_ = 0x9e37'79b9'7f4a'7c15;
    std::uint64_t instructions_ = 0;
    std::string problem_;
};

} // namespace exo::test
