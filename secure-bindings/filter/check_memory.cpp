// Loads and stores: whether the octets are there, and what is known of what was loaded.
#include "secure-bindings/filter/range.hpp"
#include "secure-bindings/filter/verifier.hpp"

namespace exo::filter {

namespace {

// What `bytes` octets can hold, with their sign repeated or not.
Range loaded(const FilterInstruction& i) {
    const unsigned bits = 8 * access_bytes(i);
    if (bits == 64) {
        return {};
    }
    if (mode_of(i) == Mode::Mem) {
        return between(0, (1ull << bits) - 1);
    }
    Range range;
    range.smax = static_cast<std::int64_t>((1ull << (bits - 1)) - 1);
    range.smin = -range.smax - 1;
    return range;
}

} // namespace

bool Verifier::check_load(const FilterInstruction& i) {
    if (!readable(source(i))) {
        return false;
    }
    const Value base = now_.values[source(i)];
    Value result;
    result.type = Type::Scalar;
    result.range = loaded(i);
    bool good = false;
    if (base.type == Type::Context) {
        good = load_field(i, result);
    } else if (base.type == Type::Stack) {
        Value kept = result;
        good = load_stack(source(i), std::int64_t{base.offset} + i.offset, access_bytes(i), kept);
        result = mode_of(i) == Mode::Mem ? kept : result;
    } else {
        good = check_region(source(i), i.offset, access_bytes(i));
    }
    if (good) {
        now_.values[destination(i)] = result;
    }
    return good;
}

bool Verifier::load_field(const FilterInstruction& i, Value& result) {
    const auto is = [&](std::size_t offset, unsigned bytes) {
        return mode_of(i) == Mode::Mem && i.offset == static_cast<std::int64_t>(offset) && access_bytes(i) == bytes;
    };
    if (is(offsetof(FilterContext, length), 4)) {
        result.range = between(now_.packet_bytes, filter_packet_bytes_max);
        result.id = length_id;
        return true;
    }
    if (is(offsetof(FilterContext, flags), 4)) {
        return true;
    }
    result.range = exactly(0);
    if (is(offsetof(FilterContext, data), 8)) {
        result.type = Type::Packet;
        return true;
    }
    if (is(offsetof(FilterContext, data_end), 8)) {
        result.type = Type::PacketEnd;
        return true;
    }
    if (is(offsetof(FilterContext, scratch), 8)) {
        result.type = Type::Scratch;
        return true;
    }
    return broken(Rule::ContextField, source(i), access_bytes(i), i.offset);
}

bool Verifier::check_store(const FilterInstruction& i) {
    const unsigned base_register = destination(i);
    if (!readable(base_register)) {
        return false;
    }
    Value stored;
    stored.type = Type::Scalar;
    stored.range = exactly(static_cast<std::uint64_t>(std::int64_t{i.immediate}));
    if (class_of(i) == Class::Stx) {
        if (!readable(source(i))) {
            return false;
        }
        stored = now_.values[source(i)];
    }
    const Value base = now_.values[base_register];
    if (base.type == Type::Context) {
        return broken(Rule::ContextWrite, base_register);
    }
    if (base.type == Type::Stack) {
        return store_stack(base_register, std::int64_t{base.offset} + i.offset, access_bytes(i), stored);
    }
    if (!check_region(base_register, i.offset, access_bytes(i))) {
        return false;
    }
    if (base.type == Type::Packet && request_.kind != FilterKind::Handler) {
        return broken(Rule::PacketReadOnly, base_register);
    }
    return stored.type == Type::Scalar || broken(Rule::PointerStored, source(i));
}

// Whether `bytes` octets are there at `offset` from what the register holds, wherever in its range that is.
bool Verifier::check_region(unsigned number, std::int64_t offset, std::uint64_t bytes) {
    const Value& base = now_.values[number];
    const std::int64_t from = base.offset + offset;
    const auto least = static_cast<std::int64_t>(base.range.umin) + from;
    const auto count = static_cast<std::int64_t>(bytes);
    const std::int64_t end = static_cast<std::int64_t>(base.range.umax) + from + count;
    if (base.type == Type::Packet) {
        const bool known_after = base.id != 0 && from + count <= base.known;
        if (least >= 0 && (known_after || end <= now_.packet_bytes)) {
            return true;
        }
        return broken(Rule::PacketBounds, number, count, from, base.id != 0 ? base.known : now_.packet_bytes);
    }
    if (base.type == Type::Scratch) {
        return (least >= 0 && end <= request_.scratch_bytes) ||
               broken(Rule::ScratchBounds, number, count, least < 0 ? least : end - count, request_.scratch_bytes);
    }
    return broken(Rule::NoAddress, number);
}

} // namespace exo::filter
