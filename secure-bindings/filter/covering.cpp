// Compares value by value. Ids are names given on the way: what matters is that values tied together in `outer` are
// tied in the same way in `inner`, for which a table of names that correspond is kept.
#include "secure-bindings/filter/covering.hpp"

#include "secure-bindings/filter/range.hpp"

namespace exo::filter {

namespace {

class Names {
public:
    // Whether `inner` can be what `outer` is called in the other state.
    bool match(std::uint32_t outer, std::uint32_t inner) {
        if (outer == 0) {
            return true;
        }
        if (inner == 0 || (outer == length_id && inner != length_id)) {
            return false;
        }
        for (std::size_t k = 0; k < count_; ++k) {
            if (pairs_[k].outer == outer) {
                return pairs_[k].inner == inner;
            }
        }
        pairs_[count_++] = {outer, inner};
        return true;
    }

private:
    struct Pair {
        std::uint32_t outer;
        std::uint32_t inner;
    };
    std::array<Pair, values_max> pairs_{}; // one for each value at most
    std::size_t count_ = 0;
};

bool covers_value(const Value& outer, const Value& inner, Names& names) {
    switch (outer.type) {
    case Type::Nothing:
        return true; // nobody read it
    case Type::Scalar:
        return inner.type == Type::Scalar && covers(outer.range, inner.range) &&
               (outer.id == 0 ||
                (outer.offset == inner.offset && inner.known >= outer.known && names.match(outer.id, inner.id)));
    case Type::Packet:
        return inner.type == Type::Packet && outer.offset == inner.offset && (outer.id == 0) == (inner.id == 0) &&
               covers(outer.range, inner.range) && inner.known >= outer.known && names.match(outer.id, inner.id);
    case Type::Stack:
    case Type::Scratch:
        return inner.type == outer.type && outer.offset == inner.offset && covers(outer.range, inner.range);
    case Type::Context:
    case Type::PacketEnd:
        return inner.type == outer.type;
    }
    return false;
}

} // namespace

bool covers(const State& outer, const State& inner) {
    if (inner.packet_bytes < outer.packet_bytes) {
        return false;
    }
    Names names;
    for (unsigned k = 0; k < register_count; ++k) {
        if (!covers_value(outer.values[k], inner.values[k], names)) {
            return false;
        }
    }
    for (std::size_t k = 0; k < slot_count; ++k) {
        const Slot& theirs = outer.slots[k];
        const Slot& ours = inner.slots[k];
        if ((theirs.written & ~ours.written) != 0) {
            return false;
        }
        if (theirs.spill != no_spill) {
            if (ours.spill == no_spill || !covers_value(outer.values[theirs.spill], inner.values[ours.spill], names)) {
                return false;
            }
        } else if (ours.spill != no_spill && inner.values[ours.spill].type != Type::Scalar && theirs.written != 0) {
            return false; // octets that could be read there are those of an address here
        }
    }
    return true;
}

} // namespace exo::filter
