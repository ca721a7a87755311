// Whole numbers in ascending order in one block, all as wide as the one that needs most: two, four or eight octets. For
// what is small; every change moves what lies behind, and the block is never larger than it has to be.
#pragma once

#include "libos-kv/memory/array.hpp"

namespace exo::kv {

class PackedNumbers {
public:
    PackedNumbers() = default;
    PackedNumbers(const PackedNumbers&) = delete;
    PackedNumbers& operator=(const PackedNumbers&) = delete;
    ~PackedNumbers() { reset(); }
    void reset(); // none any more

    std::size_t size() const { return block_ ? block_->count : 0; }
    std::size_t held_bytes() const { return block_ ? block_->held_bytes() : 0; } // memory it takes
    std::int64_t operator[](std::size_t index) const { return block_->get(index); }
    bool contains(std::int64_t number) const;
    bool insert(std::int64_t number); // true: it is new
    bool erase(std::int64_t number);

private:
    struct Block {
        std::uint32_t count, width;

        static Block* create(std::uint32_t count, std::uint32_t width);
        std::size_t held_bytes() const { return block_bytes(sizeof(Block) + count * width); }
        char* place(std::size_t index) { return reinterpret_cast<char*>(this + 1) + index * width; } // Safe: in it.
        const char* place(std::size_t index) const { return const_cast<Block*>(this)->place(index); }
        std::int64_t get(std::size_t index) const;
        void set(std::size_t index, std::int64_t number) { __builtin_memcpy(place(index), &number, width); }
    };
    std::size_t position(std::int64_t number) const; // of the first that is not less
    void copy(Block& to, std::size_t to_index, std::size_t from_index, std::size_t count) const;
    void become(Block* block);

    Block* block_ = nullptr; // null: none
};

} // namespace exo::kv
