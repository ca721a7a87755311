// See tuples.hpp. A multiplication of 64 by 64 bits, both factors keyed, folded: without the key nobody can tell which
// tuples share a chain.
#include "libos/net/tcp/tuples.hpp"

#include "libos/memory/heap.hpp"

namespace exo::net {

TupleTable::~TupleTable() {
    if (heads_ != first_.data())
        heap_free(heads_);
}

void TupleTable::set_key(std::uint64_t first, std::uint64_t second) {
    key_[0] = first;
    key_[1] = second;
}

std::uint64_t TupleTable::hash_of(const TcpTuple& tuple) const {
    const std::uint64_t addresses = static_cast<std::uint64_t>(tuple.local.address.wire) << 32 |
                                    static_cast<std::uint64_t>(tuple.remote.address.wire);
    const std::uint64_t ports = static_cast<std::uint64_t>(tuple.local.port) << 16 | tuple.remote.port;
    const auto product = static_cast<unsigned __int128>(addresses ^ key_[0]) * ((ports << 32 | ports) ^ key_[1]);
    return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

TupleEntry* TupleTable::find(const TcpTuple& tuple) const {
    TupleEntry* entry = heads_[hash_of(tuple) & mask_];
    while (entry && !(entry->tuple == tuple))
        entry = entry->next;
    return entry;
}

void TupleTable::insert(TupleEntry& entry) {
    if (count_ > mask_)
        grow();
    entry.hash = hash_of(entry.tuple);
    TupleEntry*& head = heads_[entry.hash & mask_];
    entry.next = head;
    entry.is_in_table = true;
    head = &entry;
    count_++;
}

void TupleTable::remove(TupleEntry& entry) {
    if (!entry.is_in_table)
        return;
    TupleEntry** place = &heads_[entry.hash & mask_];
    while (*place != &entry)
        place = &(*place)->next;
    *place = entry.next;
    entry.is_in_table = false;
    count_--;
}

// Twice the chains; without memory for them they get longer.
void TupleTable::grow() {
    const std::size_t chains = (mask_ + 1) * 2;
    auto** const heads = static_cast<TupleEntry**>(heap_allocate(chains * sizeof(TupleEntry*)));
    if (!heads)
        return;
    for (std::size_t chain = 0; chain < chains; chain++)
        heads[chain] = nullptr;
    for_each([&](TupleEntry& entry) {
        entry.next = heads[entry.hash & (chains - 1)];
        heads[entry.hash & (chains - 1)] = &entry;
    });
    if (heads_ != first_.data())
        heap_free(heads_);
    heads_ = heads;
    mask_ = chains - 1;
}

} // namespace exo::net
