// Connections by their two ends: a hash table whose entries are links in what is found, so that putting one in takes no
// memory. Its hash is keyed, since peers choose their addresses and ports. Not for users: stream.hpp.
#pragma once

#include "libos/net/address.hpp"

#include <array>
#include <cstddef>

namespace exo::net {

// Both ends, as this side sees them.
struct TcpTuple {
    Endpoint local, remote;
    bool operator==(const TcpTuple&) const = default;
};

struct TupleEntry {
    TcpTuple tuple;
    std::uint64_t hash = 0;
    TupleEntry* next = nullptr; // of those with the same chain
    bool is_in_table = false;
};

class TupleTable {
public:
    TupleTable() = default;
    TupleTable(const TupleTable&) = delete;
    TupleTable& operator=(const TupleTable&) = delete;
    ~TupleTable();

    // Before the first entry: a key that nobody outside can guess.
    void set_key(std::uint64_t first, std::uint64_t second);

    // Null: there is none.
    TupleEntry* find(const TcpTuple& tuple) const;
    // The tuple is in the entry already, and in no other one of the table.
    void insert(TupleEntry& entry);
    // Nothing happens if it is not in the table.
    void remove(TupleEntry& entry);
    std::size_t count() const { return count_; }
    // Chains; as many as entries at least, as long as there is memory.
    std::size_t chains() const { return mask_ + 1; }

    // Calls it with each entry; it may remove the one it is given.
    template <typename Visitor>
    void for_each(const Visitor& visit) {
        for (std::size_t chain = 0; chain <= mask_; chain++)
            for (TupleEntry* entry = heads_[chain]; entry;) {
                TupleEntry* const next = entry->next;
                visit(*entry);
                entry = next;
            }
    }

private:
    std::uint64_t hash_of(const TcpTuple& tuple) const;
    void grow();

    static constexpr std::size_t first_chains = 64;

    std::array<TupleEntry*, first_chains> first_{};
    TupleEntry** heads_ = first_.data();
    std::size_t mask_ = first_chains - 1;
    std::size_t count_ = 0;
    std::uint64_t key_[2] = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9};
};

} // namespace exo::net
