// A group of an index: the items whose hashes begin with the same `depth` bits. The sixteen bits behind those choose an
// item's home among its buckets; where that is full, the item lies in one of those behind it, the first one following
// the last. Interface: index.hpp.
#pragma once

#include "libos-kv/data/bucket.hpp"
#include "libos-kv/data/hash_function.hpp"
#include "libos-kv/memory/array.hpp"

namespace exo::kv {

// A copy of it is the same group.
template <typename Traits, typename Reference>
struct IndexGroup {
    using Item = typename Traits::Item;
    using Line = Bucket<Item, Reference>;
    static constexpr unsigned home_bits = 16;
    static constexpr unsigned buckets_max = 128;

    struct Place {
        Line* line; // null: none
        unsigned index;
        Item* item() const { return line->item(index); }
    };

    Line* lines;
    std::uint32_t items;
    std::uint16_t buckets;
    std::uint8_t depth;

    static IndexGroup create(unsigned buckets, unsigned depth) {
        const std::size_t bytes = buckets * sizeof(Line);
        // Safe: a block of whole cache lines, which `allocate` aligns to one.
        IndexGroup group{static_cast<Line*>(allocate(bytes)), 0, static_cast<std::uint16_t>(buckets),
                         static_cast<std::uint8_t>(depth)};
        fill_bytes(static_cast<void*>(group.lines), 0, bytes);
        return group;
    }
    void drop() { release(lines, bytes()); }
    std::size_t bytes() const { return buckets * sizeof(Line); }

    // How many items so many buckets take before there have to be more: seven places of eight.
    static constexpr unsigned room(unsigned buckets) { return buckets * Line::places - buckets * Line::places / 8; }
    // The least number of buckets that has room for so many: eight of them and fewer, or four numbers to a power of
    // two.
    static constexpr unsigned buckets_for(std::size_t items) {
        unsigned buckets = 1;
        while (room(buckets) < items)
            buckets += buckets < 8 ? 1 : std::bit_floor(buckets) / 4;
        return buckets;
    }
    bool is_full() const { return items >= room(buckets); }

    std::size_t home(std::uint64_t hash) const { return (hash << depth >> (64 - home_bits)) * buckets >> home_bits; }
    // The first of a home's hashes, without the bits of the group; with `home` the number of buckets, the end of all.
    std::uint64_t first_of(std::size_t home) const { return ((home << home_bits) + buckets - 1) / buckets; }
    std::size_t after(std::size_t at) const { return at + 1 == buckets ? 0 : at + 1; }
    static std::uint8_t tag_of(std::uint64_t hash) { return hash & 255 ? static_cast<std::uint8_t>(hash) : 1; }

    // Items may have a shorter way to compare.
    [[gnu::always_inline]] static bool has_key(const Item& item, std::string_view key) {
        if constexpr (requires { Traits::has_key(item, key); })
            return Traits::has_key(item, key);
        else
            return same_octets(Traits::key(item), key);
    }
    [[gnu::always_inline]] static Place find_in(Line& line, std::uint8_t tag, std::string_view key) {
        for (unsigned found = line.matches(tag); found; found &= found - 1) {
            const auto index = static_cast<unsigned>(std::countr_zero(found));
            if (has_key(*line.item(index), key)) [[likely]]
                return {&line, index};
        }
        return {};
    }
    [[gnu::always_inline]] Place find(std::uint64_t hash, std::string_view key) const {
        const std::uint8_t tag = tag_of(hash);
        const std::size_t at = home(hash);
        const Place place = find_in(lines[at], tag, key);
        return place.line || !lines[at].may_have_passed(tag) ? place : find_behind(at, tag, key);
    }
    // The item alone; null: none. Most have the first place with their tag, and what else there may be is looked for
    // elsewhere, so that nothing is saved for it here.
    [[gnu::always_inline]] Item* get(std::uint64_t hash, std::string_view key) const {
        const std::uint8_t tag = tag_of(hash);
        const std::size_t at = home(hash);
        if (const unsigned found = lines[at].matches(tag)) [[likely]] {
            Item* const item = lines[at].item(static_cast<unsigned>(std::countr_zero(found)));
            if (has_key(*item, key)) [[likely]]
                return item;
        } else if (!lines[at].may_have_passed(tag)) [[likely]] {
            return nullptr;
        }
        return get_further(hash, key);
    }
    [[gnu::noinline]] Item* get_further(std::uint64_t hash, std::string_view key) const {
        const Place place = find(hash, key);
        return place.line ? place.item() : nullptr;
    }
    // In the buckets behind its home, where few items lie.
    [[gnu::noinline]] Place find_behind(std::size_t at, std::uint8_t tag, std::string_view key) const {
        for (unsigned left = buckets; --left;) {
            at = after(at);
            const Place place = find_in(lines[at], tag, key);
            if (place.line || !lines[at].may_have_passed(tag))
                return place;
        }
        return {};
    }
    // There is a free place.
    void put(std::uint64_t hash, Item* item) {
        std::size_t at = home(hash);
        unsigned free;
        while (!(free = lines[at].matches(0))) {
            lines[at].note_passed(tag_of(hash));
            at = after(at);
        }
        const auto index = static_cast<unsigned>(std::countr_zero(free));
        lines[at].tags[index] = tag_of(hash);
        lines[at].set(index, item);
    }
    void take(std::uint64_t hash, Place place) {
        place.line->tags[place.index] = 0;
        for (Line* line = &lines[home(hash)]; line != place.line; line = &lines[after(std::size_t(line - lines))])
            line->forget_passed();
    }

    // The items of one bucket.
    template <typename Visit>
    static void visit_line(const Line& line, Visit& visit) {
        for (unsigned used = line.used(); used; used &= used - 1)
            visit(*line.item(static_cast<unsigned>(std::countr_zero(used))));
    }
    // Items are in the cache when it is their turn.
    void prefetch_items(std::size_t at) const {
        constexpr std::size_t ahead = 2;
        auto fetch = [](Item& item) { __builtin_prefetch(&item); };
        if (at + ahead < buckets)
            visit_line(lines[at + ahead], fetch);
    }
    template <typename Visit>
    void for_each(Visit& visit) const {
        for (std::size_t at = 0; at < buckets; at++) {
            prefetch_items(at);
            visit_line(lines[at], visit);
        }
    }
    // The items whose home a bucket is.
    template <typename Visit>
    void visit_home(std::size_t start, Visit& visit) const {
        auto at_home = [&](Item& item) {
            if (home(hash_octets(Traits::key(item))) == start)
                visit(item);
        };
        std::size_t at = start;
        for (unsigned left = buckets; left; left--, at = after(at)) {
            visit_line(lines[at], at_home);
            if (lines[at].passed == 0)
                break;
        }
    }
};

} // namespace exo::kv
