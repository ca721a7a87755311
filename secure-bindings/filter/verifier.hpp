// Decides whether a program may run in ring 0. Follows every path with what is known of registers, stack and packet on
// it; loops are followed round by round. One large object, without a heap: the caller provides it and serialises. It
// can be given the time in pieces. The steps of single instructions are in check_*.cpp.
#pragma once

#include "secure-bindings/filter/refusal.hpp"
#include "secure-bindings/filter/verified.hpp"

#include <expected>

namespace exo::filter {

struct Request {
    FilterKind kind = FilterKind::Filter;
    std::uint32_t scratch_bytes = 0; // of the program's own memory
};

// Limits of one verification.
inline constexpr std::uint32_t explored_max = 65536;  // instructions looked at, all paths together
inline constexpr std::size_t pending_max = 64;        // branches waiting at a time
inline constexpr std::size_t nodes_max = 128;         // states kept, to see that one has been looked at before
inline constexpr std::size_t nodes_compared_max = 16; // of these at one instruction

class Verifier {
public:
    enum class Progress { Working, Accepted, Refused };

    // Takes up a program, which must not change until the outcome has been used: in a kernel it is a copy.
    // Looks at its form, which takes time in proportion to its length.
    Progress start(std::span<const FilterInstruction> program, const Request& request);
    // Looks at up to `instructions` more. Each takes a bounded time: at most nodes_compared_max states are compared.
    Progress advance(std::uint32_t instructions);

    // After Accepted. Everything in it stays good until the next start.
    const Verified& verified() const { return verified_; }
    // After Refused.
    const Refusal& refusal() const { return refusal_; }

private:
    using Status = std::expected<void, Rule>;
    static constexpr std::uint16_t none = 0xffff;

    // A state kept at the target of a jump. Its cost is that of the path it was first reached by.
    struct Node {
        State state;
        std::uint32_t cost;
        std::uint32_t remaining; // most that is spent from here on; good once nothing is open
        std::uint16_t open;      // ways on from here that are not at their end
        std::uint16_t parent;    // the node before it on its path
        std::uint16_t next;      // another one at the same instruction
        std::uint16_t at;
    };
    // A way not gone yet.
    struct Pending {
        State state;
        std::uint32_t cost;
        std::uint16_t node;
        std::uint16_t at;
    };
    struct Access; // check_memory.cpp

    // form.cpp
    Status check_form();
    Status check_instruction_form(std::size_t index);
    Status check_jump_form(std::size_t index);
    // liveness.cpp
    void find_live_registers();
    // verifier.cpp
    Progress refuse(Rule rule);
    void begin();
    Status step();
    Status push(const State& state, std::size_t at);
    Status end_path(std::uint32_t cost);
    // nodes.cpp
    enum class Visit { New, Known };
    std::expected<Visit, Rule> visit();
    void forget_dead();
    void keep_node();
    std::uint16_t free_node();
    void unlink(std::uint16_t node);
    // check_alu.cpp
    Status check_alu();
    Status move_register();
    Status add_to_address(Value& result, Value address, Value number, bool subtract);
    Status subtract_addresses(Value& result, const Value& left, const Value& right);
    void note_sum(const Value& number, bool reversed);
    // check_branch.cpp
    Status check_branch();
    Status check_exit();
    Status check_packet_branch(bool reversed, Status (Verifier::*none)() = nullptr);
    // check_memory.cpp
    Status check_memory();
    Status check_load();
    Status check_store();
    Status check_region(unsigned number, std::int64_t offset, std::uint64_t bytes, bool write);
    Status load_stack(const Value& base, unsigned bytes, Value& result);
    Status store_stack(const Value& base, unsigned bytes, const Value& stored);
    // check_call.cpp
    Status check_call();

    Status broken(Rule rule, unsigned register_number = 0, std::int64_t a = 0, std::int64_t b = 0, std::int64_t c = 0);

    std::span<const FilterInstruction> program_;
    Request request_;
    Verified verified_;
    Refusal refusal_;
    Progress progress_ = Progress::Refused;

    State now_;
    std::uint16_t at_ = 0;
    std::uint16_t node_ = none;
    std::uint32_t cost_ = 0;
    std::uint32_t explored_ = 0;
    std::uint32_t next_id_ = 0;
    std::size_t pending_count_ = 0;
    std::uint16_t nodes_used_ = 0;
    std::uint16_t node_hand_ = 0;
    std::array<Pending, pending_max> pending_;
    std::array<Node, nodes_max> nodes_;
    std::array<std::uint16_t, filter_instructions_max> first_node_;
    std::array<std::uint16_t, filter_instructions_max>
        live_; // registers read after this instruction begins: a bit each
    std::array<Note, filter_instructions_max> notes_;
};

} // namespace exo::filter
