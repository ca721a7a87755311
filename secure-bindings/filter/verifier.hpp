// Decides whether a program may run in ring 0. Follows every path with what is known of registers, stack and packet on
// it; loops are followed round by round. One large object, without a heap: the caller provides it and serialises. It
// can be given the time in pieces. The steps of single instructions are in check_*.cpp.
#pragma once

#include "secure-bindings/filter/refusal.hpp"
#include "secure-bindings/filter/verified.hpp"

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
    enum class Progress : std::uint8_t { Refused, Working, Accepted };

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
    static constexpr std::uint16_t none = 0xffff;

    // A state kept at the target of a jump, with what the path that made it had spent by then.
    struct Node {
        State state;
        std::uint32_t cost;
        std::uint32_t remaining; // most that is spent from here on; final once nothing is open
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

    // The two states after a conditional jump.
    struct Ways {
        State* taken;
        State* other;
    };

    // Records a broken rule at the current instruction; gives false, as every check does that finds one.
    bool broken(Rule rule, unsigned register_number = 0, std::int64_t a = 0, std::int64_t b = 0, std::int64_t c = 0);

    // form.cpp
    bool check_form();
    bool check_alu_form(const FilterInstruction& i);
    bool check_jump_form(const FilterInstruction& i);
    bool check_call_form(const FilterInstruction& i);
    bool check_memory_form(const FilterInstruction& i);
    bool check_flow_form(const FilterInstruction& i);
    // liveness.cpp
    void find_live_registers();
    // verifier.cpp
    bool step();
    bool readable(unsigned number);
    bool push(const State& state, std::size_t at);
    bool end_path(std::uint64_t cost);
    void learn(State& state, const Value& refined);
    // nodes.cpp: `known` when what follows has been looked at before; the path is at its end then.
    bool visit(bool& known);
    void keep_node();
    std::uint16_t free_node();
    // check_alu.cpp
    bool check_alu();
    bool move_register(const FilterInstruction& i);
    bool calculate(const FilterInstruction& i, const Value& right);
    bool check_address_sum(const FilterInstruction& i);
    bool move_address(Value& address, Value& number, bool down, bool number_in_register);
    bool subtract_addresses(const FilterInstruction& i);
    void note_sum(Sum sum, const Range& number);
    void name(Value& value);
    // check_branch.cpp
    bool check_branch();
    bool go_both_ways(const FilterInstruction& i, Ways& ways);
    bool check_null_branch(const FilterInstruction& i);
    bool check_packet_branch(const FilterInstruction& i);
    bool check_exit();
    // check_memory.cpp
    bool check_load(const FilterInstruction& i);
    bool check_store(const FilterInstruction& i);
    bool load_field(const FilterInstruction& i, Value& result);
    bool check_region(unsigned number, std::int64_t offset, std::uint64_t bytes);
    // check_stack.cpp
    bool load_stack(unsigned number, std::int64_t at, unsigned bytes, Value& result);
    bool store_stack(unsigned number, std::int64_t at, unsigned bytes, const Value& stored);
    bool read_stack(unsigned number, std::int64_t at, std::uint64_t bytes);
    bool keep_spill(Slot& slot, const Value& stored);
    // check_call.cpp
    bool check_call(const FilterInstruction& i);
    bool check_helper_region(unsigned number, std::uint32_t helper);

    std::span<const FilterInstruction> program_;
    Request request_;
    Verified verified_;
    Refusal refusal_;
    Progress progress_ = Progress::Refused;

    State now_;
    std::uint16_t at_ = 0;
    std::uint16_t node_ = 0;
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
