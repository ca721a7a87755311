// What nobody can reach any more and is too large to be freed at once: the insides of large values, and of databases
// that were emptied. It is freed in pieces and counts as used until then.
#pragma once

#include "libos-kv/data/entry.hpp"
#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv {

// Things of one kind, the newest first. `What` has size() and take(items, visit), as Index::Remains has them, and frees
// nothing but itself.
template <typename What>
class GarbagePile {
public:
    GarbagePile() = default;
    GarbagePile(const GarbagePile&) = delete;
    GarbagePile& operator=(const GarbagePile&) = delete;

    template <typename From>
    void add(From&& from) {
        first_ = make<Node>(std::forward<From>(from), first_);
        count_++;
    }
    std::size_t count() const { return count_; }
    std::size_t items() const {
        std::size_t items = 0;
        for (const Node* node = first_; node; node = node->next)
            items += node->what.size();
        return items;
    }
    // Gives up to so many items, and a few more, to `visit`. False: nothing was left.
    template <typename Visit>
    bool take(std::size_t items, Visit visit) {
        if (!first_)
            return false;
        if (first_->what.take(items, visit))
            return true;
        destroy(std::exchange(first_, first_->next));
        count_--;
        return true;
    }

private:
    struct Node {
        template <typename From>
        Node(From&& from, Node* behind) : what(std::forward<From>(from)), next(behind) {}
        What what;
        Node* next;
    };
    Node* first_ = nullptr;
    std::size_t count_ = 0;
};

class Garbage {
public:
    static constexpr std::size_t small_items = 64;      // what has so many or fewer is freed at once
    static constexpr std::size_t items_a_piece = 2'000; // freed at a time, and what was begun with the last of them

    Garbage() = default;
    Garbage(const Garbage&) = delete;
    Garbage& operator=(const Garbage&) = delete;
    ~Garbage();

    void add(Index<PairTraits>&& pairs) { pairs_.add(std::move(pairs)); }
    void add(Index<MemberTraits>&& members) { members_.add(std::move(members)); }
    void add(Index<RankedTraits>&& ranked) { ranked_.add(std::move(ranked)); }
    void add(Index<EntryTraits>&& keys) { keys_.add(std::move(keys)); }
    void add(List::Remains&& nodes) { lists_.add(std::move(nodes)); }
    // Of another index, or none: its items are not freed.
    void add_index(Index<EntryTraits>&& index) { indexes_.add(std::move(index)); }
    // So many items were freed at once meanwhile.
    void note_freed(std::size_t items) { piece_items_ += items; }

    // Frees a piece. False: nothing was left.
    bool step();
    std::size_t pending() const;                             // values, and keys of databases
    std::uint64_t freed_objects() const { return objects_; } // of those, since the beginning

private:
    template <typename What, typename Free>
    bool take_value(GarbagePile<What>& pile, Free free);
    bool take_some();

    GarbagePile<Index<PairTraits>::Remains> pairs_;
    GarbagePile<Index<MemberTraits>::Remains> members_;
    GarbagePile<Index<RankedTraits>::Remains> ranked_;
    GarbagePile<List::Remains> lists_;
    GarbagePile<Index<EntryTraits>::Remains> keys_, indexes_;
    std::size_t piece_items_ = 0; // freed since this step began
    std::uint64_t objects_ = 0;
};

// Of the server of this vcore that has keys. Null: everything is freed at once.
inline constinit thread_local Garbage* garbage = nullptr;

// Free what an object consists of, now or in pieces; it is empty then.
void discard(Index<PairTraits>& pairs);
void discard(Index<MemberTraits>& members);
void discard(Index<RankedTraits>& ranked);
void discard(Index<EntryTraits>& keys, Index<EntryTraits>& expiring);
void discard(List::Remains&& nodes);

} // namespace exo::kv
