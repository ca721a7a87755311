// Where the pages of a set's logical disk lie on its members, and the memory that computing parity takes.
#pragma once

#include "libos/block/device.hpp"
#include "libos/coding/erasure.hpp"
#include "libos/store/geometry.hpp"

namespace exo::store {

static_assert(members_max == coding::units_max);

// A page of the logical disk. Units of a row are numbered as in coding::ErasureCode.
struct RowPlace {
    std::uint32_t segment;
    unsigned unit;             // of the page
    std::uint64_t member_byte; // of the row, on each member
};

struct Stripes {
    Stripes(unsigned data, unsigned parity, const Geometry& of) : code(data, parity), geometry(of) {}

    coding::ErasureCode code;
    Geometry geometry;
    coding::Recipe recipe; // the last that was needed
    std::uint32_t recipe_usable = 0, recipe_wanted = 0;
    std::uint32_t rows_max = 0;     // of one write
    block::Piece parity_memory;     // rows_max rows of parity
    block::Piece sources;           // a page for each unit
    block::Piece zeroes;            // a page
    block::Piece label_memory;      // a page
    block::Piece* pieces = nullptr; // rows_max for each member

    unsigned units() const { return code.units(); }
    RowPlace place_of(std::uint64_t byte) const {
        const std::uint64_t row_bytes = geometry.row_bytes(), within = byte - segments_begin_bytes;
        return {geometry.segment_of(byte / sector_bytes), static_cast<unsigned>(within % row_bytes / page_bytes),
                segments_begin_bytes + within / row_bytes * page_bytes};
    }
    unsigned member_of(std::uint32_t segment, unsigned unit) const { return (unit + segment) % units(); }
    // Members' bits as the units that they hold in a segment.
    std::uint32_t units_of(std::uint32_t segment, std::uint32_t members) const {
        std::uint32_t bits = 0;
        for (unsigned unit = 0; unit < units(); unit++)
            bits |= (members >> member_of(segment, unit) & 1) << unit;
        return bits;
    }
    // The recipe for `wanted` units of `usable` ones; null: too few.
    const coding::Recipe* recipe_for(std::uint32_t usable, std::uint32_t wanted) {
        if (recipe_usable != usable || recipe_wanted != wanted || !wanted) {
            recipe_usable = 0;
            if (!code.decoding(usable, wanted, recipe))
                return nullptr;
            recipe_usable = usable;
            recipe_wanted = wanted;
        }
        return &recipe;
    }
};

// Calls `visit(bits)` for each choice of `count` out of the bits of `all`, until it returns true; whether it did.
template <typename Visit>
bool any_choice(std::uint32_t all, unsigned count, Visit&& visit, std::uint32_t chosen = 0) {
    if (count == 0)
        return visit(chosen);
    for (std::uint32_t rest = all; rest; rest &= rest - 1) {
        const std::uint32_t bit = rest & -rest;
        if (any_choice(rest & ~bit, count - 1, visit, chosen | bit))
            return true;
    }
    return false;
}

} // namespace exo::store
