// A list of short strings and whole numbers in one block, which can be walked both ways: the format that Redis calls a
// listpack (a total of four octets, a count of two, entries each followed by its length backwards, 0xff), so that DUMP
// and RESTORE copy it. For what is small; every change moves what lies behind.
#pragma once

#include "libos-kv/memory/array.hpp"
#include "libos-kv/number/integer.hpp"

namespace exo::kv {

// An entry as it is stored: octets, or a number whose text is made on demand.
struct PackedValue {
    bool is_number = false;
    std::int64_t number = 0;
    std::string_view octets;
    char text[integer_text_max] = {};

    std::string_view view() { return is_number ? std::string_view(text, format_integer(number, text)) : octets; }
};

class Listpack {
public:
    static constexpr std::size_t end = ~std::size_t{0}; // no entry

    Listpack();
    // A block that came from elsewhere: no value if it is not one through and through.
    static bool is_sound(std::string_view block);
    explicit Listpack(std::string_view sound_block) : block_(sound_block) {}

    std::size_t count() const; // entries
    std::size_t bytes() const { return block_.size(); }
    std::string_view block() const { return block_.view(); }
    // What an entry of so many octets adds at most.
    static std::size_t entry_bytes_max(std::size_t octets) { return octets + 10; }

    // Entries are named by where they begin, until the next change.
    std::size_t first() const { return next_or_end(header_bytes); }
    std::size_t last() const;
    std::size_t next(std::size_t at) const { return next_or_end(at + entry_bytes(at)); }
    std::size_t previous(std::size_t at) const;
    std::size_t seek(std::int64_t index) const; // from the end if negative
    PackedValue get(std::size_t at) const;
    // The next entry from `at` on, every `stride`-th, with these octets.
    std::size_t find(std::size_t at, std::string_view octets, std::size_t stride = 1) const;

    void append(std::string_view octets) { insert(block_.size() - 1, octets); }
    void prepend(std::string_view octets) { insert(header_bytes, octets); }
    // Before the entry at `at`, or behind all. Returns where it is now.
    std::size_t insert(std::size_t at, std::string_view octets);
    std::size_t insert_after(std::size_t at, std::string_view octets) { return insert(at + entry_bytes(at), octets); }
    // Returns the entry that follows.
    std::size_t erase(std::size_t at, std::size_t entries = 1);
    std::size_t replace(std::size_t at, std::string_view octets);

private:
    static constexpr std::size_t header_bytes = 6;

    std::size_t next_or_end(std::size_t at) const {
        return static_cast<unsigned char>(block_.data()[at]) == 0xff ? end : at;
    }
    std::size_t content_bytes(std::size_t at) const;
    std::size_t entry_bytes(std::size_t at) const;
    void note(std::int64_t entries);

    Text block_;
};

} // namespace exo::kv
