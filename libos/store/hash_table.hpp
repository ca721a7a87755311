// A hash table of objects that are linked into it: no allocation but of its array of buckets, which doubles as the
// table fills and, when there is no memory for that, stays as it is. `T` has a member `T* next_in_table` and a function
// `std::uint64_t table_hash() const`.
#pragma once

#include "libos/memory/heap.hpp"

#include <cstdint>

namespace exo::store {

// Spreads numbers that are close to each other (Steele, Lea, Flood 2014: the finaliser of SplitMix).
constexpr std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

template <typename T>
class HashTable {
public:
    HashTable() = default;
    HashTable(const HashTable&) = delete;
    HashTable& operator=(const HashTable&) = delete;
    ~HashTable() {
        if (buckets_)
            heap_free(buckets_);
    }

    // Makes the first array; false: no memory.
    [[nodiscard]] bool open(std::size_t buckets = 64) { return buckets_ || grow_to(buckets); }

    template <typename Same>
    T* find(std::uint64_t hash, Same&& same) const {
        for (T* item = buckets_[hash & mask_]; item; item = item->next_in_table)
            if (same(*item))
                return item;
        return nullptr;
    }
    void insert(T& item) {
        if (count_ > mask_)
            (void)grow_to((mask_ + 1) * 2);
        T*& bucket = buckets_[item.table_hash() & mask_];
        item.next_in_table = bucket;
        bucket = &item;
        count_++;
    }
    void remove(T& item) {
        T** at = &buckets_[item.table_hash() & mask_];
        while (*at != &item)
            at = &(*at)->next_in_table;
        *at = item.next_in_table;
        count_--;
    }
    std::size_t count() const { return count_; }

    // Calls `visit(T&)` for each, in no order; it may remove the one it was called for, and no other.
    template <typename Visit>
    void each(Visit&& visit) const {
        for (std::size_t i = 0; buckets_ && i <= mask_; i++)
            for (T *item = buckets_[i], *next; item; item = next) {
                next = item->next_in_table;
                visit(*item);
            }
    }

private:
    bool grow_to(std::size_t buckets) {
        auto** const fresh = static_cast<T**>(heap_allocate(buckets * sizeof(T*)));
        if (!fresh)
            return false;
        for (std::size_t i = 0; i < buckets; i++)
            fresh[i] = nullptr;
        each([&](T& item) {
            T*& bucket = fresh[item.table_hash() & (buckets - 1)];
            item.next_in_table = bucket;
            bucket = &item;
        });
        if (buckets_)
            heap_free(buckets_);
        buckets_ = fresh;
        mask_ = buckets - 1;
        return true;
    }

    T** buckets_ = nullptr;
    std::size_t mask_ = 0, count_ = 0;
};

} // namespace exo::store
