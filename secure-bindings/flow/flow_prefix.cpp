// Prefixes of addresses. A prefix of 8 k + 1 to 8 k + 8 bits is written into nodes of level k: into those of its
// entries that a longer prefix of the same node does not hold, or, where a node hangs, into that node's fallback. The
// prefix of no bits is the first node's fallback.
#include "secure-bindings/flow/flow_spec.hpp"
#include "secure-bindings/flow/flow_table.hpp"

namespace exo {

namespace {

constexpr unsigned level_of(unsigned prefix) {
    return prefix == 0 ? 0 : (prefix - 1) / 8;
}
constexpr std::uint8_t octet(std::uint32_t address, unsigned level) {
    return static_cast<std::uint8_t>(address >> (24 - 8 * level));
}
// Entries of a node that a prefix of that level covers.
constexpr unsigned entries_of(unsigned prefix) {
    return 1u << (8 * (level_of(prefix) + 1) - prefix);
}

} // namespace

FlowPlaceNumber FlowTables::find_prefix(FlowEntry table, std::uint32_t address) const {
    if (table == 0) {
        return no_place;
    }
    FlowEntry at = table;
    FlowEntry entry = node(at).entries[octet(address, 0)];
    for (unsigned level = 1; (entry & entry_is_node) != 0; ++level) {
        at = entry;
        entry = node(at).entries[octet(address, level)];
    }
    if (entry != 0) {
        return entry;
    }
    const FlowNodeHead* here = &heads_[at ^ entry_is_node];
    while (here->fallback == no_place && here->parent != 0) {
        here = &heads_[here->parent];
    }
    return here->fallback;
}

void FlowTables::write_prefix(FlowEntry& table, FlowPlaceNumber number) {
    const FlowPlace& written = places_[number];
    FlowEntry entry = table;
    if (written.prefix == 0) {
        head(entry).fallback = number;
        return;
    }
    const unsigned last = level_of(written.prefix);
    for (unsigned level = 0; level < last; ++level) {
        FlowEntry& below = node(entry).entries[octet(written.address, level)];
        if ((below & entry_is_node) == 0) {
            const FlowPlaceNumber covering = below;
            below = take_node(0);
            head(below).fallback = covering;
            head(below).parent = entry ^ entry_is_node;
        }
        entry = below;
    }
    const unsigned first = octet(written.address, last);
    for (unsigned i = 0; i < entries_of(written.prefix); ++i) {
        FlowEntry& here = node(entry).entries[first + i];
        FlowPlaceNumber& holder = (here & entry_is_node) != 0 ? head(here).fallback : here;
        if (holder == no_place || places_[holder].prefix < written.prefix) {
            holder = number;
        }
    }
}

void FlowTables::erase_prefix(FlowEntry& table, FlowPlaceNumber number) {
    const FlowPlace& erased = places_[number];
    const unsigned last = level_of(erased.prefix);
    std::array<FlowEntry, 4> path{table};
    if (erased.prefix == 0) {
        head(table).fallback = no_place;
    } else {
        for (unsigned level = 0; level < last; ++level) {
            path[level + 1] = node(path[level]).entries[octet(erased.address, level)];
        }
        // The next shorter prefix takes over if it belongs to the same node.
        const FlowPlaceNumber up = erased.up;
        const bool same_node = up != no_place && places_[up].prefix > 8 * last;
        const unsigned first = octet(erased.address, last);
        for (unsigned i = 0; i < entries_of(erased.prefix); ++i) {
            FlowEntry& here = node(path[last]).entries[first + i];
            FlowPlaceNumber& holder = (here & entry_is_node) != 0 ? head(here).fallback : here;
            if (holder == number) {
                holder = same_node ? up : no_place;
            }
        }
    }
    free_empty(table, path, last, erased.address);
}

// Nodes without an entry go, from the last of a path up; what was their fallback is the entry again.
void FlowTables::free_empty(FlowEntry& table, const std::array<FlowEntry, 4>& path, unsigned last,
                            std::uint32_t address) {
    for (unsigned level = last + 1; level-- > 0;) {
        for (const FlowEntry entry : node(path[level]).entries) {
            if (entry != 0) {
                return;
            }
        }
        const FlowPlaceNumber fallback = head(path[level]).fallback;
        if (level != 0) {
            node(path[level - 1]).entries[octet(address, level - 1)] = fallback;
        } else if (fallback == no_place) {
            table = 0;
        } else {
            return;
        }
        free_node(path[level]);
    }
}

// A new place stands between the places that it covers and the one above it.
void FlowTables::adopt_covered(FlowPlaceNumber number) {
    FlowPlace& above = places_[number];
    if (above.prefix == 32) {
        return;
    }
    for (std::size_t i = 1; i < fresh_places_; ++i) {
        FlowPlace& other = places_[i];
        if (other.claims != 0 && other.context == above.context && other.up == above.up &&
            other.prefix > above.prefix && ((other.address ^ above.address) & prefix_mask(above.prefix)) == 0) {
            other.up = number;
            ++above.covered;
            if (above.up != no_place) {
                --places_[above.up].covered;
            }
        }
    }
}

void FlowTables::release_covered(FlowPlaceNumber number) {
    FlowPlace& gone = places_[number];
    for (std::size_t i = 1; gone.covered != 0 && i < fresh_places_; ++i) {
        if (places_[i].claims != 0 && places_[i].up == number) {
            places_[i].up = gone.up;
            --gone.covered;
            if (gone.up != no_place) {
                ++places_[gone.up].covered;
            }
        }
    }
}

FlowPlaceNumber FlowTables::take_free_place() {
    FlowPlaceNumber number = first_free_place_;
    if (number != no_place) {
        first_free_place_ = places_[number].up;
    } else {
        number = static_cast<FlowPlaceNumber>(fresh_places_++);
    }
    --free_places_;
    return number;
}

FlowPlaceNumber FlowTables::take_place(FlowEntry& table, std::uint16_t context, std::uint32_t address,
                                       std::uint8_t prefix) {
    FlowPlaceNumber above = find_prefix(table, address);
    while (above != no_place && places_[above].prefix > prefix) {
        above = places_[above].up;
    }
    if (above != no_place && places_[above].prefix == prefix) {
        ++places_[above].claims;
        return above;
    }
    const FlowPlaceNumber number = take_free_place();
    places_[number] = {.tables = {},
                       .claims = 1,
                       .address = address,
                       .context = context,
                       .up = above,
                       .covered = 0,
                       .prefix = prefix,
                       .reserved = 0};
    if (above != no_place) {
        ++places_[above].covered;
    }
    adopt_covered(number);
    if (table == 0) {
        table = take_node(0);
    }
    write_prefix(table, number);
    write_bucket(number);
    return number;
}

void FlowTables::leave_place(FlowEntry& table, FlowPlaceNumber number) {
    FlowPlace& left = places_[number];
    if (--left.claims != 0) {
        return;
    }
    erase_bucket(number);
    erase_prefix(table, number);
    release_covered(number);
    if (left.up != no_place) {
        --places_[left.up].covered;
    }
    left.up = first_free_place_;
    first_free_place_ = number;
    ++free_places_;
}

void FlowTables::write_bucket(FlowPlaceNumber number) {
    const FlowPlace& place = places_[number];
    const AddressKey key = address_key(place.context, place.address);
    for (std::uint64_t& slot : buckets_[key * secret_ >> bucket_shift_].slots) {
        if (place.prefix == 32 && slot == 0) {
            slot = key | number;
            return;
        }
    }
}

void FlowTables::erase_bucket(FlowPlaceNumber number) {
    const FlowPlace& place = places_[number];
    const AddressKey key = address_key(place.context, place.address);
    for (std::uint64_t& slot : buckets_[key * secret_ >> bucket_shift_].slots) {
        if (slot == (key | number)) {
            slot = 0;
        }
    }
}

} // namespace exo
