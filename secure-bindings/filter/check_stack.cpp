// The 512 octets of stack: which are written, and what is known of values that were stored whole. `at` counts from R10.
#include "secure-bindings/filter/verifier.hpp"

namespace exo::filter {

namespace {

constexpr std::int64_t stack_bytes = filter_stack_bytes;

// The octets of an access that lie in one slot, as Slot::written has them.
std::uint8_t octets_in(std::int64_t slot, std::int64_t first, std::int64_t end) {
    const std::int64_t base = 8 * slot;
    const std::int64_t low = first > base ? first - base : 0;
    const std::int64_t high = end < base + 8 ? end - base : 8;
    return static_cast<std::uint8_t>((0xffu >> (8 - (high - low))) << low);
}

} // namespace

// Reading octets as numbers: all must be written, and none be part of an address.
bool Verifier::read_stack(unsigned number, std::int64_t at, std::uint64_t bytes) {
    const auto count = static_cast<std::int64_t>(bytes);
    if (at < -stack_bytes || at + count > 0) {
        return broken(Rule::StackBounds, number, count, at);
    }
    const std::int64_t first = at + stack_bytes;
    for (std::int64_t k = first / 8; 8 * k < first + count; ++k) {
        const Slot& slot = now_.slots[static_cast<std::size_t>(k)];
        const std::uint8_t wanted = octets_in(k, first, first + count);
        if ((wanted & ~slot.written) != 0) {
            return broken(Rule::StackUninitialised, number, count, at);
        }
        if (slot.spill != no_spill && now_.values[slot.spill].type != Type::Scalar) {
            return broken(Rule::PointerCut, number);
        }
    }
    return true;
}

bool Verifier::load_stack(unsigned number, std::int64_t at, unsigned bytes, Value& result) {
    const bool whole = bytes == 8 && at % 8 == 0 && at >= -stack_bytes && at < 0;
    if (whole) {
        const Slot& slot = now_.slots[static_cast<std::size_t>((at + stack_bytes) / 8)];
        if (slot.spill != no_spill) {
            result = now_.values[slot.spill];
            return true;
        }
    }
    return read_stack(number, at, bytes);
}

// Finds room for what is known of a stored value. What is known of a number is given up before that of an address.
bool Verifier::keep_spill(Slot& slot, const Value& stored) {
    std::size_t room = 0;
    for (std::size_t k = register_count; k < values_max && room == 0; ++k) {
        room = now_.values[k].type == Type::Nothing ? k : 0;
    }
    if (room == 0) {
        if (stored.type == Type::Scalar) {
            return true;
        }
        for (Slot& other : now_.slots) {
            if (room == 0 && other.spill != no_spill && now_.values[other.spill].type == Type::Scalar) {
                room = other.spill;
                other.spill = no_spill;
            }
        }
    }
    if (room == 0) {
        return broken(Rule::TooManySpills, source(program_[at_]), spills_max);
    }
    now_.values[room] = stored;
    slot.spill = static_cast<std::uint8_t>(room);
    return true;
}

bool Verifier::store_stack(unsigned number, std::int64_t at, unsigned bytes, const Value& stored) {
    const std::int64_t count = bytes;
    if (at < -stack_bytes || at + count > 0) {
        return broken(Rule::StackBounds, number, count, at);
    }
    const bool whole = bytes == 8 && at % 8 == 0;
    const bool address = stored.type != Type::Scalar;
    if (address && !whole) {
        return broken(Rule::PointerCut, source(program_[at_]));
    }
    const std::int64_t first = at + stack_bytes;
    bool changes_kind = address;
    for (std::int64_t k = first / 8; 8 * k < first + count; ++k) {
        Slot& slot = now_.slots[static_cast<std::size_t>(k)];
        const std::uint8_t octets = octets_in(k, first, first + count);
        changes_kind = changes_kind || (octets & ~slot.written) != 0;
        if (slot.spill != no_spill) {
            const bool holds_address = now_.values[slot.spill].type != Type::Scalar;
            if (holds_address && !whole) {
                return broken(Rule::PointerCut, number);
            }
            changes_kind = changes_kind || holds_address;
            now_.values[slot.spill] = {};
            slot.spill = no_spill;
        }
        slot.written |= octets;
    }
    // A load that overtakes this store would find what was there before: nothing of ours, or of another kind.
    notes_[at_].flags |= changes_kind ? note::fence : 0;
    const auto depth = static_cast<std::uint32_t>((-at + 7) / 8 * 8);
    verified_.stack_bytes = verified_.stack_bytes > depth ? verified_.stack_bytes : depth;
    return !whole || keep_spill(now_.slots[static_cast<std::size_t>(first / 8)], stored);
}

} // namespace exo::filter
