// A list of short strings and whole numbers in one block, which can be walked both ways: the format that Redis calls a
// listpack (a total of four octets, a count of two, entries each followed by its length backwards, 0xff), so that DUMP
// and RESTORE copy it. For what is small; every change moves what lies behind, and the block is never larger than it
// has to be.
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

    Listpack() = default;
    Listpack(const Listpack&) = delete;
    Listpack& operator=(const Listpack&) = delete;
    Listpack(Listpack&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    Listpack& operator=(Listpack&& other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~Listpack() { reset(); }
    void reset(); // no entries any more
    // A block that came from elsewhere: no value if it is not one through and through.
    static bool is_sound(std::string_view block);
    explicit Listpack(std::string_view sound_block);

    std::size_t count() const; // entries
    std::size_t bytes() const {
        std::uint32_t bytes;
        __builtin_memcpy(&bytes, data(), sizeof bytes);
        return bytes;
    }
    std::size_t held_bytes() const { return block_ ? block_bytes(bytes()) : 0; } // memory it takes
    std::string_view block() const { return {data(), bytes()}; }
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

    void append(std::string_view octets) { insert(bytes() - 1, octets); }
    void prepend(std::string_view octets) { insert(header_bytes, octets); }
    // Before the entry at `at`, or behind all. Returns where it is now.
    std::size_t insert(std::size_t at, std::string_view octets);
    std::size_t insert_after(std::size_t at, std::string_view octets) { return insert(at + entry_bytes(at), octets); }
    // Returns the entry that follows.
    std::size_t erase(std::size_t at, std::size_t entries = 1);
    std::size_t replace(std::size_t at, std::string_view octets);

private:
    static constexpr std::size_t header_bytes = 6;

    std::size_t next_or_end(std::size_t at) const { return static_cast<unsigned char>(data()[at]) == 0xff ? end : at; }
    std::size_t content_bytes(std::size_t at) const;
    std::size_t entry_bytes(std::size_t at) const;
    const char* data() const { return block_ ? block_ : nothing; }
    // What lies behind the shorter of both lengths is undefined then.
    void resize(std::size_t bytes);
    void note(std::int64_t entries);

    static constexpr char nothing[header_bytes + 1] = {header_bytes + 1, 0, 0, 0, 0, 0, '\xff'};
    char* block_ = nullptr; // null: `nothing`
};

} // namespace exo::kv
