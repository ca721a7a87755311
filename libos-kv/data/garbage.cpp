// See garbage.hpp.
#include "libos-kv/data/garbage.hpp"

namespace exo::kv {

namespace {

constexpr std::size_t items_at_once = 32; // before a step looks how far it is

void free_pair(Pair& pair) {
    Pair::destroy(&pair);
}
void free_member(Member& member) {
    Member::destroy(&member);
}
void free_ranked(Ranked& ranked) {
    Ranked::destroy(&ranked);
}
void free_entry(Entry& entry) {
    Entry::destroy(&entry);
}
void free_nothing(Entry&) {}

template <typename Held>
bool goes_to_garbage(Held& held) {
    if (!garbage)
        return false;
    if (held.size() <= Garbage::small_items) {
        garbage->note_freed(held.size());
        return false;
    }
    garbage->add(std::move(held));
    return true;
}

} // namespace

Garbage::~Garbage() {
    while (step()) {
    }
    if (garbage == this)
        garbage = nullptr;
}

template <typename What, typename Free>
bool Garbage::take_value(GarbagePile<What>& pile, Free free) {
    const std::size_t values = pile.count();
    const bool taken = pile.take(items_at_once, [&](auto& item) {
        piece_items_++;
        free(item);
    });
    objects_ += values - pile.count();
    return taken;
}

bool Garbage::take_some() {
    if (take_value(pairs_, free_pair) || take_value(members_, free_member) || take_value(ranked_, free_ranked) ||
        take_value(lists_, [](List::Node&) {}))
        return true;
    // A key has a value of its own, which may come here, too.
    const bool taken = keys_.take(1, [&](Entry& entry) {
        piece_items_++;
        objects_++;
        free_entry(entry);
    });
    return taken || indexes_.take(items_at_once, [&](Entry&) { piece_items_++; });
}

bool Garbage::step() {
    piece_items_ = 0;
    bool any = false;
    while (piece_items_ < items_a_piece && take_some())
        any = true;
    return any;
}

std::size_t Garbage::pending() const {
    return pairs_.count() + members_.count() + ranked_.count() + lists_.count() + keys_.items();
}

void discard(Index<PairTraits>& pairs) {
    if (!goes_to_garbage(pairs))
        pairs.drain(free_pair);
}
void discard(Index<MemberTraits>& members) {
    if (!goes_to_garbage(members))
        members.drain(free_member);
}
void discard(Index<RankedTraits>& ranked) {
    if (!goes_to_garbage(ranked))
        ranked.drain(free_ranked);
}
void discard(Index<EntryTraits>& keys, Index<EntryTraits>& expiring) {
    if (garbage && expiring.size() > Garbage::small_items)
        garbage->add_index(std::move(expiring));
    else
        expiring.drain(free_nothing);
    if (!goes_to_garbage(keys))
        keys.drain(free_entry);
}
void discard(List::Remains&& nodes) {
    if (goes_to_garbage(nodes))
        return;
    const List::Remains all(std::move(nodes)); // which frees them
}

} // namespace exo::kv
