// See entry.hpp.
#include "libos-kv/data/entry.hpp"

#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv {

std::string_view type_name(Type type) {
    switch (type) {
    case Type::String:
        return "string";
    case Type::List:
        return "list";
    case Type::Set:
        return "set";
    case Type::SortedSet:
        return "zset";
    case Type::Hash:
        return "hash";
    }
    return "none";
}

Entry* Entry::create(std::string_view key, Type type, Form form, bool expires, std::size_t inline_size) {
    Entry header;
    header.idle = 0;
    header.type_bits = static_cast<unsigned>(type) & 7;
    header.form_bits = static_cast<unsigned>(form) & 3;
    header.expires = expires;
    header.edited = false;
    header.key_bits = static_cast<std::uint32_t>(key.size() < long_key ? key.size() : long_key) & long_key;
    header.inline_size = static_cast<std::uint32_t>(inline_size) & 1023;
    const std::size_t words = header.words_count() * sizeof(std::int64_t);
    Entry* entry = new (kv::allocate(sizeof(Entry) + words + key.size() + inline_size)) Entry(header);
    if (header.key_bits == long_key)
        entry->words()[header.words_count() - 1] = static_cast<std::int64_t>(key.size());
    copy_octets(const_cast<char*>(entry->key_place()), key.data(), key.size());
    return entry;
}

Entry* Entry::create_string(std::string_view key, std::string_view octets, std::int64_t expiry) {
    const bool is_inline = octets.size() <= inline_string_max;
    Entry* entry = create(key, Type::String, is_inline ? Form::Inline : Form::Block, expiry != never_expires,
                          is_inline ? octets.size() : 0);
    if (is_inline)
        copy_octets(entry->inline_place(), octets.data(), octets.size());
    else
        entry->word().block = SharedText::create(octets);
    if (entry->expires)
        entry->set_expiry(expiry);
    return entry;
}

Entry* Entry::create_number(std::string_view key, std::int64_t number, std::int64_t expiry) {
    Entry* entry = create(key, Type::String, Form::Number, expiry != never_expires);
    entry->word().number = number;
    if (entry->expires)
        entry->set_expiry(expiry);
    return entry;
}

Entry* Entry::create_object(std::string_view key, Type type, void* object, std::int64_t expiry) {
    Entry* entry = create(key, type, Form::Object, expiry != never_expires);
    entry->word().object = object;
    if (entry->expires)
        entry->set_expiry(expiry);
    return entry;
}

Entry* Entry::create_moved(std::string_view key, Entry& from, bool expires) {
    Entry* entry = create(key, from.type(), from.form(), expires, from.inline_size);
    if (from.form() == Form::Inline)
        copy_bytes(entry->inline_place(), from.inline_place(), from.inline_size);
    else
        entry->word() = from.word();
    entry->idle = from.idle;
    entry->edited = from.edited;
    return entry;
}

std::size_t Entry::bytes() const {
    return sizeof(Entry) + words_count() * sizeof(std::int64_t) + key_size() + inline_size;
}

void Entry::release_shell(Entry* entry) {
    release(entry, entry->bytes());
}

void Entry::destroy(Entry* entry) {
    if (entry->form() == Form::Block)
        entry->word().block->let_go();
    if (entry->form() == Form::Object) {
        switch (entry->type()) {
        case Type::String:
            break;
        case Type::List:
            kv::destroy(&entry->list());
            break;
        case Type::Set:
            kv::destroy(&entry->set());
            break;
        case Type::SortedSet:
            kv::destroy(&entry->sorted_set());
            break;
        case Type::Hash:
            kv::destroy(&entry->hash());
            break;
        }
    }
    release_shell(entry);
}

std::string_view long_or_number_of(Entry& entry, StringScratch& scratch) {
    if (entry.form() == Entry::Form::Number)
        return {scratch.text, format_integer(entry.word().number, scratch.text)};
    return entry.word().block->view();
}

std::size_t string_size(Entry& entry) {
    StringScratch scratch;
    return string_of(entry, scratch).size();
}

} // namespace exo::kv
