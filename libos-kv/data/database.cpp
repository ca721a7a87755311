// See database.hpp.
#include "libos-kv/data/database.hpp"

#include "libos-kv/data/garbage.hpp"
#include "libos-kv/data/slot.hpp"

namespace exo::kv {

void Database::add(Entry* entry) {
    keys_.insert(entry);
    if (entry->expires)
        expiring_.insert(entry);
    if (slot_counts)
        slot_counts[slot_of(entry->key())]++;
}

void Database::replace(Entry* old, Entry* fresh) {
    keys_.exchange(fresh);
    if (old->expires && fresh->expires)
        expiring_.exchange(fresh);
    else if (old->expires)
        expiring_.remove(old->key());
    else if (fresh->expires)
        expiring_.insert(fresh);
    if (old != fresh)
        Entry::destroy(old);
}

Entry* Database::take(std::string_view key) {
    Entry* entry = keys_.remove(key);
    if (!entry)
        return nullptr;
    if (entry->expires)
        expiring_.remove(key);
    if (slot_counts)
        slot_counts[slot_of(key)]--;
    return entry;
}

void Database::erase(Entry* entry) {
    Entry::destroy(take(entry->key()));
}

Entry* Database::store(Entry* old, Entry* fresh) {
    if (old)
        replace(old, fresh);
    else
        add(fresh);
    return fresh;
}

Entry* Database::put_string(Entry* old, std::string_view key, std::string_view value, std::int64_t expiry) {
    if (const auto number = parse_integer(value))
        return put_number(old, key, *number, expiry);
    return put_octets(old, key, value, expiry);
}

Entry* Database::put_octets(Entry* old, std::string_view key, std::string_view value, std::int64_t expiry) {
    const bool expires = expiry != never_expires;
    if (old && old->type() == Type::String && old->form() == Entry::Form::Inline && old->expires == expires &&
        string_size(*old) == value.size()) {
        copy_bytes(old->inline_place(), value.data(), value.size());
        old->edited = false;
        if (expires)
            old->set_expiry(expiry);
        return old;
    }
    return store(old, Entry::create_string(key, value, expiry));
}

Entry* Database::put_number(Entry* old, std::string_view key, std::int64_t value, std::int64_t expiry) {
    const bool expires = expiry != never_expires;
    if (old && old->type() == Type::String && old->form() == Entry::Form::Number && old->expires == expires) {
        old->word().number = value;
        if (expires)
            old->set_expiry(expiry);
        return old;
    }
    return store(old, Entry::create_number(key, value, expiry));
}

Entry* Database::set_expiry(Entry* entry, std::int64_t at) {
    const bool expires = at != never_expires;
    if (entry->expires == expires) {
        if (expires)
            entry->set_expiry(at);
        return entry;
    }
    Entry* fresh = Entry::create_moved(entry->key(), *entry, expires);
    if (expires)
        fresh->set_expiry(at);
    keys_.exchange(fresh);
    if (expires)
        expiring_.insert(fresh);
    else
        expiring_.remove(entry->key());
    Entry::release_shell(entry);
    return fresh;
}

Text& Database::editable(Entry*& entry) {
    // One that is on its way to somebody stays as it is.
    if (entry->form() != Entry::Form::Block || entry->word().block->is_shared()) {
        StringScratch scratch;
        Entry* fresh = Entry::create(entry->key(), Type::String, Entry::Form::Block, entry->expires);
        fresh->word().block = SharedText::create(string_of(*entry, scratch));
        fresh->idle = entry->idle;
        if (entry->expires)
            fresh->set_expiry(entry->expiry());
        replace(entry, fresh);
        entry = fresh;
    }
    entry->edited = true;
    return entry->word().block->text();
}

Entry* Database::rename(Entry* entry, std::string_view key) {
    Entry* fresh = Entry::create_moved(key, *entry, false);
    Entry::release_shell(entry);
    return fresh;
}

void Database::swap(Database& other) {
    keys_.swap(other.keys_);
    expiring_.swap(other.expiring_);
    count_slots();
    other.count_slots();
}

void Database::count_slots() {
    if (!slot_counts)
        return;
    fill_bytes(slot_counts, 0, slots_count * sizeof *slot_counts);
    keys_.for_each([&](const Entry& entry) { slot_counts[slot_of(entry.key())]++; });
}

void Database::clear() {
    if (slot_counts)
        fill_bytes(slot_counts, 0, slots_count * sizeof *slot_counts);
    discard(keys_, expiring_);
}

} // namespace exo::kv
