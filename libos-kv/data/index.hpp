// An open-addressed index of items by their key. A bucket is one cache line: seven places, a tag of eight bits each,
// and a count of items that belong here or before and lie further on. So a lookup that hits touches one line here and
// the item itself, and one that misses seldom more than the one. An item lies in its home bucket, which the highest
// bits of its hash name, or in one behind it within the same group of 256. The table grows and shrinks group by group,
// in the order of hashes, some with every change: what a hash is below has moved. Nothing waits longer than one group
// takes. `Traits`: Item, and key(const Item&).
#pragma once

#include "libos-kv/data/hash_function.hpp"
#include "libos-kv/memory/array.hpp"

#include <bit>

namespace exo::kv {

template <typename Traits>
class Index {
public:
    using Item = typename Traits::Item;

    Index() = default;
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;
    Index(Index&& other) noexcept { swap(other); }
    Index& operator=(Index&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Index() {
        old_.drop();
        now_.drop();
    }
    void swap(Index& other) noexcept {
        std::swap(now_, other.now_);
        std::swap(old_, other.old_);
        std::swap(count_, other.count_);
        std::swap(moved_, other.moved_);
        std::swap(changes_, other.changes_);
    }

    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    std::size_t table_bytes() const { return now_.bytes + old_.bytes; }
    bool is_moving() const { return old_.buckets != nullptr; }

    // The place of an item, to look at or to put another one of the same key there; null: none has the key. Valid until
    // the next change.
    Item** find(std::string_view key) const {
        if (!now_.buckets)
            return nullptr;
        const std::uint64_t hash = hash_octets(key);
        return table_of(hash).find(hash, key);
    }
    Item* get(std::string_view key) const {
        Item** place = find(key);
        return place ? *place : nullptr;
    }
    // Brings the bucket of a key into the cache, for a lookup to come.
    void prefetch(std::string_view key) const {
        if (!now_.buckets)
            return;
        const std::uint64_t hash = hash_octets(key);
        const Table& table = table_of(hash);
        __builtin_prefetch(&table.buckets[table.home(hash)]);
    }

    // An empty index gets the size that so many items need.
    void reserve(std::size_t count) {
        if (!now_.buckets && count)
            now_ = Table::create(static_cast<unsigned>(std::bit_width(count * 5 / (places * 4))));
    }

    // No item with its key is there.
    void insert(Item* item) {
        note_change();
        const std::uint64_t hash = hash_octets(Traits::key(*item));
        if (!now_.buckets)
            now_ = Table::create(0);
        while (!table_of(hash).put(hash, item))
            rebuild(now_.bits + 1);
        count_++;
        if (!is_moving() && count_ > now_.count() * places * 4 / 5 && now_.bits > 0)
            resize(now_.bits + 1);
    }
    // Null: there was none.
    Item* remove(std::string_view key) {
        if (!now_.buckets)
            return nullptr;
        note_change();
        const std::uint64_t hash = hash_octets(key);
        Item* item = table_of(hash).take(hash, key);
        if (!item)
            return nullptr;
        count_--;
        if (!is_moving() && now_.bits > 1 && count_ < now_.count() * places / 10)
            resize(now_.bits - 1);
        return item;
    }

    // Moves a group if any is to be moved; false: none was.
    bool step() {
        if (!is_moving())
            return false;
        move_unit();
        return true;
    }

    template <typename Visit>
    void for_each(Visit visit) const {
        for (std::size_t at = 0; at < now_.count(); at++)
            if (is_live(at))
                now_.visit_bucket(at, visit);
        old_.for_each(visit); // what has moved is no longer there
    }
    // Gives every item to `visit` and is empty then.
    template <typename Visit>
    void drain(Visit visit) {
        for_each(visit);
        old_.drop();
        now_.drop();
        count_ = moved_ = 0;
    }

    // Visits the items of one bucket. Begin with 0 and go on with what is returned, until that is 0: every item that
    // was there the whole time is visited, some perhaps more than once. `visit` may not change the index.
    template <typename Visit>
    std::uint64_t scan(std::uint64_t cursor, Visit visit) const {
        if (!now_.buckets)
            return 0;
        const std::uint64_t hash = cursor << (64 - cursor_bits); // what no scan gave goes by its low bits
        const Table& table = table_of(hash);
        const std::size_t home = table.home(hash);
        table.visit_home(home, visit);
        const std::uint64_t next = (std::uint64_t{home} + 1) << (cursor_bits - table.bits);
        return next >> cursor_bits ? 0 : next;
    }

    // An item, each with the same probability; there is one. `random`: gives 64 random bits.
    template <typename Random>
    Item** random_item(Random random) const {
        const std::size_t buckets = now_.count() + (is_moving() ? old_.count() : 0);
        for (;;) {
            const std::uint64_t bits = random();
            std::size_t at = static_cast<std::size_t>((bits >> 32) * buckets >> 32);
            const Table& table = at < now_.count() ? now_ : old_;
            at -= at < now_.count() ? 0 : now_.count();
            Bucket& bucket = table.buckets[at];
            const std::size_t place = static_cast<std::size_t>((bits & 0xffffffff) * places >> 32);
            if ((&table == &old_ || is_live(at)) && bucket.tags[place])
                return &bucket.items[place];
        }
    }

private:
    static constexpr std::size_t places = 7;
    static constexpr unsigned group_bits = 8;
    static constexpr unsigned cursor_bits = 40;
    static constexpr unsigned changes_a_unit = 64;

    struct Bucket {
        std::uint8_t tags[places]; // 0: empty
        std::uint8_t passed;       // items put further on because this was full; 255 stays
        Item* items[places];
    };
    static_assert(sizeof(Bucket) == 64);

    static std::uint8_t tag_of(std::uint64_t hash) { return hash & 255 ? static_cast<std::uint8_t>(hash) : 1; }

    struct Table {
        Bucket* buckets = nullptr;
        void* block = nullptr;
        std::size_t bytes = 0;
        unsigned bits = 0;

        // Buckets of tables that are filled by moving groups are cleared group by group.
        static Table create(unsigned bits, bool cleared = true) {
            constexpr std::size_t line = 64;
            Table table;
            table.bits = bits;
            table.bytes = (line << bits) + line;
            table.block = allocate(table.bytes);
            // Safe: the first cache line in a block that has one more than is used.
            table.buckets = reinterpret_cast<Bucket*>((reinterpret_cast<std::uintptr_t>(table.block) + line - 1) &
                                                      ~std::uintptr_t{line - 1});
            if (cleared)
                fill_bytes(static_cast<void*>(table.buckets), 0, table.count() * sizeof(Bucket));
            return table;
        }
        void drop() {
            release(block, bytes);
            *this = Table();
        }
        std::size_t count() const { return buckets ? std::size_t{1} << bits : 0; }
        std::size_t home(std::uint64_t hash) const { return bits ? static_cast<std::size_t>(hash >> (64 - bits)) : 0; }
        std::size_t group_mask() const { return (std::size_t{1} << (bits < group_bits ? bits : group_bits)) - 1; }
        std::size_t after(std::size_t at) const { return (at & ~group_mask()) | ((at + 1) & group_mask()); }

        static std::uint64_t matches(const Bucket& bucket, std::uint8_t tag) {
            constexpr std::uint64_t ones = 0x0101010101010101, low = ones * 0x7f; // no carry leaves its octet
            std::uint64_t tags;
            __builtin_memcpy(&tags, &bucket, sizeof tags);
            const std::uint64_t differences = tags ^ (ones * tag);
            return ~(((differences & low) + low) | differences) & (ones << 7) & 0x00ffffffffffffff;
        }

        [[gnu::always_inline]] Item** find(std::uint64_t hash, std::string_view key) const {
            const std::uint8_t tag = tag_of(hash);
            std::size_t at = home(hash);
            for (std::size_t left = group_mask() + 1; left; left--, at = after(at)) {
                Bucket& bucket = buckets[at];
                for (std::uint64_t found = matches(bucket, tag); found; found &= found - 1) {
                    Item** place = &bucket.items[std::countr_zero(found) / 8];
                    if (same_octets(Traits::key(**place), key))
                        return place;
                }
                if (bucket.passed == 0)
                    break;
            }
            return nullptr;
        }
        // False: the group is full.
        bool put(std::uint64_t hash, Item* item) {
            const std::size_t start = home(hash);
            std::size_t at = start;
            std::size_t left = group_mask() + 1;
            while (left && !matches(buckets[at], 0)) {
                at = after(at);
                left--;
            }
            if (!left)
                return false;
            for (std::size_t passed = start; passed != at; passed = after(passed))
                buckets[passed].passed += buckets[passed].passed != 255;
            std::size_t place = 0;
            while (buckets[at].tags[place])
                place++;
            buckets[at].tags[place] = tag_of(hash);
            buckets[at].items[place] = item;
            return true;
        }
        Item* take(std::uint64_t hash, std::string_view key) {
            Item** place = find(hash, key);
            if (!place)
                return nullptr;
            // Safe: a place of this table; which bucket it is in follows from its address.
            const std::size_t at =
                static_cast<std::size_t>(reinterpret_cast<char*>(place) - reinterpret_cast<char*>(buckets)) /
                sizeof(Bucket);
            buckets[at].tags[place - buckets[at].items] = 0;
            for (std::size_t passed = home(hash); passed != at; passed = after(passed))
                buckets[passed].passed -= buckets[passed].passed != 255;
            return *place;
        }
        template <typename Visit>
        void visit_bucket(std::size_t at, Visit& visit) const {
            for (std::size_t place = 0; place < places; place++)
                if (buckets[at].tags[place])
                    visit(*buckets[at].items[place]);
        }
        template <typename Visit>
        void for_each(Visit& visit) const {
            for (std::size_t at = 0; at < count(); at++)
                visit_bucket(at, visit);
        }
        template <typename Visit>
        void visit_home(std::size_t start, Visit& visit) const {
            std::size_t at = start;
            auto at_home = [&](Item& item) {
                if (home(hash_octets(Traits::key(item))) == start)
                    visit(item);
            };
            for (std::size_t left = group_mask() + 1; left; left--, at = after(at)) {
                visit_bucket(at, at_home);
                if (buckets[at].passed == 0)
                    break;
            }
        }
    };

    // Groups are moved by pairs where one of the tables has twice as many buckets a hash.
    unsigned unit_bits() const {
        const unsigned least = now_.bits < old_.bits ? now_.bits : old_.bits;
        return least - group_bits;
    }
    // Whether a bucket of now_ is defined: while it is being filled only a part is.
    bool is_live(std::size_t at) const { return !is_moving() || (at >> (now_.bits - unit_bits())) < moved_; }
    bool is_moved(std::uint64_t hash) const {
        const unsigned bits = unit_bits();
        return (bits ? hash >> (64 - bits) : 0) < moved_;
    }
    const Table& table_of(std::uint64_t hash) const { return !is_moving() || is_moved(hash) ? now_ : old_; }
    Table& table_of(std::uint64_t hash) { return !is_moving() || is_moved(hash) ? now_ : old_; }

    void note_change() {
        if (is_moving() && ++changes_ % changes_a_unit == 0)
            move_unit();
    }

    void resize(unsigned bits) {
        if (bits < group_bits || now_.bits < group_bits)
            return rebuild(bits);
        old_ = now_;
        now_ = Table::create(bits, false);
        moved_ = 0;
    }

    void move_unit() {
        const unsigned unit = unit_bits();
        const std::size_t now_count = now_.count() >> unit, old_count = old_.count() >> unit;
        fill_bytes(static_cast<void*>(now_.buckets + moved_ * now_count), 0, now_count * sizeof(Bucket));
        bool fits = true;
        auto move = [&](Item& item) { fits = fits && now_.put(hash_octets(Traits::key(item)), &item); };
        for (std::size_t at = moved_ * old_count; at < (moved_ + 1) * old_count; at++)
            old_.visit_bucket(at, move);
        if (!fits) // a group is full, which a hash worth the name does not do; the old one still has this unit
            return rebuild(now_.bits + 1);
        for (std::size_t at = moved_ * old_count; at < (moved_ + 1) * old_count; at++)
            fill_bytes(static_cast<void*>(old_.buckets + at), 0, sizeof(Bucket));
        if (++moved_ == std::size_t{1} << unit) {
            old_.drop();
            moved_ = 0;
        }
    }

    // Everything into a new table at once: for small tables, and for groups that are full.
    void rebuild(unsigned bits) {
        for (;; bits++) {
            Table table = Table::create(bits);
            bool fits = true;
            auto move = [&](Item& item) { fits = fits && table.put(hash_octets(Traits::key(item)), &item); };
            for_each(move);
            if (!fits) {
                table.drop();
                continue;
            }
            old_.drop();
            now_.drop();
            now_ = table;
            moved_ = 0;
            return;
        }
    }

    Table now_, old_;
    std::size_t count_ = 0;
    std::size_t moved_ = 0; // units; below them is in now_
    unsigned changes_ = 0;
};

} // namespace exo::kv
