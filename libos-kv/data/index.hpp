// An index of items by their key. The highest bits of a hash choose a group in a directory, those behind them a bucket
// of the group (index_group.hpp). So a lookup that hits touches the directory, one line of a bucket and the item
// itself, and one that misses seldom more than the first two. Each group grows and shrinks on its own, by a quarter of
// its size at most, and is halved when it is large: no change takes longer than moving the items of one group, and
// seven places of ten or more are in use. `Traits`: Item, and key(const Item&).
#pragma once

#include "libos-kv/data/index_group.hpp"
#include "libos-kv/memory/reference.hpp"

namespace exo::kv {

template <typename Traits, typename Reference = BlockReference>
class Index {
public:
    using Item = typename Traits::Item;
    class Remains;

    Index() = default;
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;
    Index(Index&& other) noexcept { swap(other); }
    Index& operator=(Index&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Index() {
        if (groups_)
            drain([](Item&) {});
    }
    void swap(Index& other) noexcept {
        std::swap(groups_, other.groups_);
        std::swap(count_, other.count_);
        std::swap(bits_, other.bits_);
    }

    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    // Memory it takes beside the items.
    std::size_t table_bytes() const {
        std::size_t bytes = groups_ ? block_bytes(directory_size() * sizeof(Group)) : 0;
        for_groups([&](const Group& group) { bytes += block_bytes(group.bytes()); });
        return bytes;
    }

    // Null: no item has the key.
    Item* get(std::string_view key) const {
        if (!groups_)
            return nullptr;
        const std::uint64_t hash = hash_octets(key);
        return group_of(hash).get(hash, key);
    }
    // Puts an item in the place of the one with its key, which is returned; null: none has it, and nothing is changed.
    Item* exchange(Item* item) {
        if (!groups_)
            return nullptr;
        const std::uint64_t hash = hash_octets(Traits::key(*item));
        const Place place = group_of(hash).find(hash, Traits::key(*item));
        if (!place.line)
            return nullptr;
        Item* old = place.item();
        place.line->set(place.index, item);
        return old;
    }
    // Brings the bucket of a key into the cache, for a lookup to come.
    void prefetch(std::string_view key) const {
        if (!groups_)
            return;
        const std::uint64_t hash = hash_octets(key);
        const Group& group = group_of(hash);
        __builtin_prefetch(&group.lines[group.home(hash)]);
    }

    // The size that so many items need, or those that are there if they are more. Takes as long as moving all of them.
    void resize(std::size_t count) {
        count = count < count_ ? count_ : count;
        Index sized;
        if (count != 0) {
            while (sized.bits_ < depth_max && with_slack(count >> sized.bits_) > Group::room(Group::buckets_max))
                sized.bits_++;
            sized.groups_ = make_directory(sized.bits_);
            for (std::size_t at = 0; at < sized.directory_size(); at++)
                sized.groups_[at] = Group::create(Group::buckets_for(with_slack(count >> sized.bits_)), sized.bits_);
        }
        drain([&](Item& item) { sized.insert(&item); });
        swap(sized);
    }

    // No item with its key is there.
    void insert(Item* item) {
        if (!groups_) {
            groups_ = make_directory(0);
            groups_[0] = Group::create(1, 0);
        }
        place(hash_octets(Traits::key(*item)), item);
        count_++;
    }
    // Null: there was none.
    Item* remove(std::string_view key) {
        if (!groups_)
            return nullptr;
        const std::uint64_t hash = hash_octets(key);
        Group& group = group_of(hash);
        const Place place = group.find(hash, key);
        if (!place.line)
            return nullptr;
        Item* item = place.item();
        group.take(hash, place);
        count_--;
        set_items(hash, group.items - 1);
        shrink(hash);
        return item;
    }

    template <typename Visit>
    void for_each(Visit visit) const {
        for_groups([&](const Group& group) { group.for_each(visit); });
    }
    // Gives every item to `visit` and is empty then.
    template <typename Visit>
    void drain(Visit visit) {
        Remains remains(std::move(*this));
        while (remains.take(~std::size_t{0}, visit)) {
        }
    }

    // Visits the items of one bucket. Begin with 0 and go on with what is returned, until that is 0: every item that
    // was there the whole time is visited, some perhaps more than once. `visit` may not change the index.
    template <typename Visit>
    std::uint64_t scan(std::uint64_t cursor, Visit visit) const {
        if (!groups_)
            return 0;
        const std::uint64_t hash = cursor << (64 - cursor_bits); // what no scan gave goes by its low bits
        const Group& group = group_of(hash);
        const std::size_t home = group.home(hash);
        group.visit_home(home, visit);
        const unsigned below = cursor_bits - group.depth; // bits of a cursor that are not the group's
        const std::uint64_t begin = hash >> (64 - cursor_bits) >> below << below;
        const std::uint64_t next = begin + (group.first_of(home + 1) << (below - Group::home_bits));
        return next >> cursor_bits ? 0 : next;
    }

    // An item, each with the same probability; there is one. `random`: gives 64 random bits.
    template <typename Random>
    Item* random_item(Random random) const {
        const std::uint64_t most = bits_ ? Group::buckets_max : groups_[0].buckets;
        for (;;) {
            const std::uint64_t bits = random();
            const std::size_t at = at_of(bits);
            const Group& group = groups_[at];
            // A group that stands in the directory more than once has a part of its buckets at each of its places.
            const unsigned spread = bits_ - group.depth;
            const std::size_t part = at & ((std::size_t{1} << spread) - 1);
            const std::size_t bucket = (((bits & 0xfffff) * most >> 20) << spread) + part;
            const auto place = static_cast<unsigned>((bits >> 20 & 0xfffff) * Group::Line::places >> 20);
            if (bucket < group.buckets && group.lines[bucket].tags[place])
                return group.lines[bucket].item(place);
        }
    }

private:
    using Group = IndexGroup<Traits, Reference>;
    using Place = typename Group::Place;
    static constexpr unsigned cursor_bits = 40;
    static constexpr unsigned depth_max = cursor_bits - Group::home_bits;

    static std::size_t with_slack(std::size_t items) { return items + items / 16; }
    static Group* make_directory(unsigned bits) {
        return static_cast<Group*>(allocate((std::size_t{1} << bits) * sizeof(Group)));
    }
    std::size_t directory_size() const { return groups_ ? std::size_t{1} << bits_ : 0; }
    std::size_t at_of(std::uint64_t hash) const { return hash >> 1 >> (63 - bits_); }
    Group& group_of(std::uint64_t hash) const { return groups_[at_of(hash)]; }
    // How often a group stands in the directory.
    std::size_t copies(const Group& group) const { return std::size_t{1} << (bits_ - group.depth); }
    std::size_t first_copy(std::uint64_t hash) const {
        const std::size_t at = at_of(hash);
        return at & ~(copies(groups_[at]) - 1);
    }
    template <typename Visit>
    void for_groups(Visit visit) const {
        for (std::size_t at = 0; at < directory_size(); at += copies(groups_[at]))
            visit(groups_[at]);
    }
    // At all places that its depth gives it, `hash` being one of its.
    void set_group(std::uint64_t hash, const Group& group) {
        const std::size_t first = at_of(hash) & ~(copies(group) - 1);
        for (std::size_t at = 0; at < copies(group); at++)
            groups_[first + at] = group;
    }
    void set_items(std::uint64_t hash, std::uint32_t items) {
        const std::size_t first = first_copy(hash);
        for (std::size_t at = 0, count = copies(groups_[first]); at < count; at++)
            groups_[first + at].items = items;
    }

    void place(std::uint64_t hash, Item* item) {
        while (group_of(hash).is_full())
            grow(hash);
        Group& group = group_of(hash);
        group.put(hash, item);
        set_items(hash, group.items + 1);
    }
    // Gives the items of a group that is out of the directory to those that are there for them.
    void redistribute(Group group) {
        auto move = [&](Item& item) { place(hash_octets(Traits::key(item)), &item); };
        group.for_each(move);
        group.drop();
    }
    // Groups that are not in the directory.
    static void enlarge(Group& group) {
        Group larger = Group::create(Group::buckets_for(group.items + 1), group.depth);
        auto move = [&](Item& item) { larger.put(hash_octets(Traits::key(item)), &item); };
        group.for_each(move);
        larger.items = group.items;
        group.drop();
        group = larger;
    }
    static void add(Group& group, std::uint64_t hash, Item& item) {
        if (group.is_full())
            enlarge(group);
        group.put(hash, &item);
        group.items++;
    }
    void grow(std::uint64_t hash) {
        Group old = group_of(hash);
        if (old.buckets < Group::buckets_max || old.depth == depth_max) {
            enlarge(old);
            return set_group(hash, old);
        }
        if (old.depth == bits_)
            change_directory(bits_ + 1);
        const std::uint64_t half = std::uint64_t{1} << (63 - old.depth);
        const unsigned buckets = Group::buckets_for(with_slack(old.items / 2));
        Group low = Group::create(buckets, old.depth + 1), high = Group::create(buckets, old.depth + 1);
        auto move = [&](Item& item) {
            const std::uint64_t its = hash_octets(Traits::key(item));
            add(its & half ? high : low, its, item);
        };
        old.for_each(move);
        old.drop();
        set_group(hash & ~half, low);
        set_group(hash | half, high);
    }

    // With room to lose or gain a fifth before it changes again.
    void shrink(std::uint64_t hash) {
        const Group old = group_of(hash);
        if (old.buckets > 1 && old.items < Group::room(old.buckets) / 2) {
            set_group(hash, Group::create(Group::buckets_for(old.items + old.items / 4 + 1), old.depth));
            redistribute(old);
        } else {
            merge(hash);
        }
    }
    void merge(std::uint64_t hash) {
        const Group one = group_of(hash);
        if (one.depth == 0)
            return;
        const Group other = group_of(hash ^ std::uint64_t{1} << (64 - one.depth));
        const std::size_t both = std::size_t{one.items} + other.items;
        if (other.depth != one.depth || both > Group::room(Group::buckets_max) / 2)
            return;
        set_group(hash, Group::create(Group::buckets_for(both + both / 4 + 1), one.depth - 1u));
        redistribute(one);
        redistribute(other);
        halve_directory();
    }
    // Where no group needs the last bit.
    void halve_directory() {
        for (std::size_t at = 0; at < directory_size(); at += copies(groups_[at]))
            if (groups_[at].depth == bits_)
                return;
        change_directory(bits_ - 1);
    }
    void change_directory(unsigned bits) {
        Group* groups = make_directory(bits);
        const std::size_t count = std::size_t{1} << bits;
        for (std::size_t at = 0; at < count; at++)
            groups[at] = bits > bits_ ? groups_[at >> 1] : groups_[at << 1];
        release(groups_, directory_size() * sizeof(Group));
        groups_ = groups;
        bits_ = bits;
    }

    Group* groups_ = nullptr; // two to the `bits_`
    std::size_t count_ = 0;
    unsigned bits_ = 0;
};

// What was an index and is taken apart, as far as one likes at a time.
template <typename Traits, typename Reference>
class Index<Traits, Reference>::Remains {
public:
    explicit Remains(Index&& index) { index_.swap(index); } // which is empty then
    Remains(const Remains&) = delete;
    Remains& operator=(const Remains&) = delete;
    ~Remains() {
        while (take(~std::size_t{0}, [](Item&) {})) {
        }
    }

    std::size_t size() const { return index_.count_; }
    // Gives some items to `visit`, up to so many and a bucket's more. False: nothing was left.
    template <typename Visit>
    bool take(std::size_t items, Visit visit) {
        if (!index_.groups_)
            return false;
        std::size_t taken = 0;
        auto count = [&](Item& item) {
            taken++;
            visit(item);
        };
        while (taken < items && index_.groups_) {
            Group& group = index_.groups_[at_];
            for (; taken < items && bucket_ < group.buckets; bucket_++) {
                group.prefetch_items(bucket_);
                Group::visit_line(group.lines[bucket_], count);
            }
            if (bucket_ == group.buckets)
                end_group(group);
        }
        index_.count_ -= taken;
        return true;
    }

private:
    void end_group(Group& group) {
        at_ += index_.copies(group);
        bucket_ = 0;
        group.drop();
        if (at_ != index_.directory_size())
            return;
        release(index_.groups_, at_ * sizeof(Group));
        index_.groups_ = nullptr;
    }

    Index index_;
    std::size_t at_ = 0, bucket_ = 0;
};

} // namespace exo::kv
