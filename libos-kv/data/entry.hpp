// A key with its value: one block of memory, reached by one pointer. Behind the header lie, as far as there are any:
// the value's number or address, the moment it expires, the size of a key that the header cannot hold, the key, and a
// string's octets where they are few.
#pragma once

#include "libos-kv/memory/shared_text.hpp"
#include "libos-kv/number/integer.hpp"

namespace exo::kv {

class Hash;
class List;
class Set;
class SortedSet;

enum class Type : std::uint8_t { String, List, Set, SortedSet, Hash };
std::string_view type_name(Type type);

inline constexpr std::size_t inline_string_max = 512;
inline constexpr std::int64_t never_expires = -1;

struct Entry {
    enum class Form : std::uint8_t { Number, Inline, Block, Object };

    std::uint32_t idle : 24; // seconds of the last access, or minutes and a logarithmic count of them (eviction.hpp)
    std::uint32_t type_bits : 3;
    std::uint32_t form_bits : 2;
    std::uint32_t expires : 1;
    std::uint32_t edited : 1; // a string that was changed in place, which OBJECT ENCODING calls raw
    std::uint32_t : 1;
    std::uint32_t key_bits : 22; // its size, or `long_key`
    std::uint32_t inline_size : 10;

    union Word {
        std::int64_t number;
        SharedText* block;
        void* object;
    };

    static Entry* create(std::string_view key, Type type, Form form, bool expires, std::size_t inline_size = 0);
    // With a value; the string is never kept as a number, and the object is taken.
    static Entry* create_string(std::string_view key, std::string_view octets, std::int64_t expiry);
    static Entry* create_number(std::string_view key, std::int64_t number, std::int64_t expiry);
    static Entry* create_object(std::string_view key, Type type, void* object, std::int64_t expiry);
    // With what another one reaches, which is to be released as a shell then. An expiry is not set yet.
    static Entry* create_moved(std::string_view key, Entry& from, bool expires);
    // Frees it with what it reaches.
    static void destroy(Entry* entry);
    // Frees the block alone: its value has gone elsewhere.
    static void release_shell(Entry* entry);

    Type type() const { return static_cast<Type>(type_bits); }
    Form form() const { return static_cast<Form>(form_bits); }
    std::size_t key_size() const { return key_bits == long_key ? static_cast<std::size_t>(*long_size()) : key_bits; }
    std::string_view key() const { return {key_place(), key_size()}; }
    // The same as comparing with `key`. Nearly all keys lie right behind the header, and most are one word to two.
    [[gnu::always_inline]] bool has_key(std::string_view its) const {
        constexpr std::size_t word = sizeof(std::uint64_t);
        const bool follows = form() == Form::Inline && !expires;
        if (!follows || its.size() - word > word) [[unlikely]]
            return has_key_further(its);
        // Safe: octets of the block, which has as many if the sizes are the same.
        return key_bits == its.size() &&
               same_short_octets(reinterpret_cast<const char*>(this + 1), its.data(), its.size());
    }
    std::int64_t expiry() const { return expires ? words()[has_word()] : never_expires; }
    void set_expiry(std::int64_t at) { words()[has_word()] = at; } // where `expires`
    // Of the form Inline; nearly all lie behind a key that follows the header.
    std::string_view inline_value() const {
        if (!expires && key_bits != long_key) [[likely]]
            return {reinterpret_cast<const char*>(this + 1) + key_bits, inline_size}; // Safe: in the block.
        return {key_place() + key_size(), inline_size};
    }
    char* inline_place() { return const_cast<char*>(key_place()) + key_size(); }
    // Of all forms but Inline.
    Word& word() { return *reinterpret_cast<Word*>(this + 1); } // Safe: it is in the block then.
    std::size_t bytes() const;

    List& list() { return *static_cast<List*>(word().object); }
    Hash& hash() { return *static_cast<Hash*>(word().object); }
    Set& set() { return *static_cast<Set*>(word().object); }
    SortedSet& sorted_set() { return *static_cast<SortedSet*>(word().object); }

private:
    static constexpr std::uint32_t long_key = (1u << 22) - 1;

    // Seldom called, so it is the one to save registers.
    [[clang::preserve_most, gnu::noinline]] bool has_key_further(std::string_view its) const {
        return same_octets(key(), its);
    }
    unsigned has_word() const { return form() != Form::Inline; }
    unsigned words_count() const { return has_word() + expires + (key_bits == long_key); }
    // Safe: in the block, which is aligned as they are.
    std::int64_t* words() { return reinterpret_cast<std::int64_t*>(this + 1); }
    const std::int64_t* words() const { return reinterpret_cast<const std::int64_t*>(this + 1); }
    const std::int64_t* long_size() const { return words() + has_word() + expires; }
    const char* key_place() const { return reinterpret_cast<const char*>(words() + words_count()); } // Safe: octets.
};
static_assert(sizeof(Entry) == 8);

// A string's octets; those of a number are written into `scratch`.
struct StringScratch {
    char text[integer_text_max];
};
std::string_view long_or_number_of(Entry& entry, StringScratch& scratch); // of those that are not inline
inline std::string_view string_of(Entry& entry, StringScratch& scratch) {
    return entry.form() == Entry::Form::Inline ? entry.inline_value() : long_or_number_of(entry, scratch);
}
std::size_t string_size(Entry& entry);

struct EntryTraits {
    using Item = Entry;
    static std::string_view key(const Entry& entry) { return entry.key(); }
    [[gnu::always_inline]] static bool has_key(const Entry& entry, std::string_view key) { return entry.has_key(key); }
};

} // namespace exo::kv
