// A key with its value: one block of memory, reached by one pointer. Behind the header lie the moment it expires, if it
// does, then the key, then a string's octets where they are few. Longer strings and other types are reached by a second
// pointer.
#pragma once

#include "libos-kv/memory/array.hpp"
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
    std::uint32_t key_size;
    union Word {
        std::int64_t number;
        std::size_t size; // Inline
        Text* block;
        void* object;
    } word;

    static Entry* create(std::string_view key, Type type, Form form, bool expires, std::size_t inline_size = 0);
    // With a value; the string is never kept as a number, and the object is taken.
    static Entry* create_string(std::string_view key, std::string_view octets, std::int64_t expiry);
    static Entry* create_number(std::string_view key, std::int64_t number, std::int64_t expiry);
    static Entry* create_object(std::string_view key, Type type, void* object, std::int64_t expiry);
    // Frees it with what it reaches.
    static void destroy(Entry* entry);
    // Frees the block alone: its value has gone elsewhere.
    static void release_shell(Entry* entry);

    Type type() const { return static_cast<Type>(type_bits); }
    Form form() const { return static_cast<Form>(form_bits); }
    char* key_place() { return tail() + (expires ? sizeof(std::int64_t) : 0); }
    std::string_view key() const { return {const_cast<Entry*>(this)->key_place(), key_size}; }
    std::int64_t expiry() const {
        std::int64_t at = never_expires;
        if (expires)
            __builtin_memcpy(&at, const_cast<Entry*>(this)->tail(), sizeof at);
        return at;
    }
    void set_expiry(std::int64_t at) { __builtin_memcpy(tail(), &at, sizeof at); } // where `expires`
    char* inline_place() { return key_place() + key_size; }
    std::size_t bytes() const;

    List& list() { return *static_cast<List*>(word.object); }
    Hash& hash() { return *static_cast<Hash*>(word.object); }
    Set& set() { return *static_cast<Set*>(word.object); }
    SortedSet& sorted_set() { return *static_cast<SortedSet*>(word.object); }

private:
    char* tail() { return reinterpret_cast<char*>(this + 1); } // Safe: its block is larger than the header.
};
static_assert(sizeof(Entry) == 16);

// A string's octets; those of a number are written into `scratch`.
struct StringScratch {
    char text[integer_text_max];
};
std::string_view string_of(Entry& entry, StringScratch& scratch);
std::size_t string_size(Entry& entry);

struct EntryTraits {
    using Item = Entry;
    static std::string_view key(const Entry& entry) { return entry.key(); }
};

} // namespace exo::kv
