// One numbered database: its keys, and which of them expire. Knows nothing of who asks; moments are milliseconds since
// 1970.
#pragma once

#include "libos-kv/data/entry.hpp"
#include "libos-kv/data/index.hpp"
#include "libos-kv/data/random.hpp"

namespace exo::kv {

class Database {
public:
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() { clear(); }

    std::size_t size() const { return keys_.size(); }
    std::size_t expiring() const { return expiring_.size(); }
    const Index<EntryTraits>& keys() const { return keys_; }
    const Index<EntryTraits>& expiring_keys() const { return expiring_; }

    // Whether or not it has expired; null: no such key.
    Entry* find(std::string_view key) const { return keys_.get(key); }
    // The key is not there. Takes the entry.
    void add(Entry* entry);
    // Takes an entry of the same key in the place of another, which is destroyed.
    void replace(Entry* old, Entry* fresh);
    // The entry is destroyed.
    void erase(Entry* entry);
    // Out of the database, and the caller's.
    Entry* take(std::string_view key);
    // The entry with another expiry, or never_expires; it may lie elsewhere afterwards.
    Entry* set_expiry(Entry* entry, std::int64_t at);
    // Sets a string: in the old entry's place if there is one.
    Entry* put_string(Entry* old, std::string_view key, std::string_view value, std::int64_t expiry);
    // The same, and never kept as a number.
    Entry* put_octets(Entry* old, std::string_view key, std::string_view value, std::int64_t expiry);
    Entry* put_number(Entry* old, std::string_view key, std::int64_t value, std::int64_t expiry);
    // A string that can be changed in place, whatever form it had.
    Text& editable(Entry*& entry);
    // Takes the object.
    Entry* add_object(std::string_view key, Type type, void* object, std::int64_t expiry = never_expires) {
        Entry* entry = Entry::create_object(key, type, object, expiry);
        add(entry);
        return entry;
    }
    // Without expiry, under another key: the object itself moves.
    static Entry* rename(Entry* entry, std::string_view key);

    // The index gets the size that so many keys need. Takes as long as moving those that are there.
    void resize(std::size_t keys) { keys_.resize(keys); }
    void clear();
    void swap(Database& other);
    // How many keys lie in each slot; null: not counted.
    std::uint32_t* slot_counts = nullptr;

private:
    Entry* store(Entry* old, Entry* fresh);
    void count_slots();

    Index<EntryTraits> keys_, expiring_;
};

inline constinit thread_local std::size_t string_octets_max = std::size_t{512} << 20;

} // namespace exo::kv
