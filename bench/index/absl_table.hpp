// Abseil's table behind a border of pointers and numbers, for it is compiled against another standard library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace index_bench {

inline constexpr std::size_t key_octets = 16;

class AbslTable {
public:
    AbslTable();
    ~AbslTable();
    AbslTable(const AbslTable&) = delete;
    AbslTable& operator=(const AbslTable&) = delete;

    // The octets of the key outlive the table.
    void insert(const char* key, const void* item);
    // Looks `count` keys up that lie one behind the other; the sum of the addresses of what is found.
    std::uint64_t look_up(const char* keys, std::size_t count) const;

private:
    void* table_;
};

} // namespace index_bench
