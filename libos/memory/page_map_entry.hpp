// Words of the page map's mirror: the same radix tree as the processor's, with the flags that the kit needs.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo::mirror {

inline constexpr std::uint64_t node_flag = 1u << 0;
inline constexpr std::uint64_t leaf_flag = 1u << 1;
inline constexpr std::uint64_t shared_flag = 1u << 2;
inline constexpr std::uint64_t foreign_flag = 1u << 3;
inline constexpr std::size_t entries_per_node = 512;

constexpr bool is_node(std::uint64_t entry) {
    return entry & node_flag;
}
constexpr bool is_leaf(std::uint64_t entry) {
    return entry & leaf_flag;
}
constexpr std::uint64_t frame_of(std::uint64_t entry) {
    return entry >> page_shift;
}
constexpr std::uint64_t make_node(std::uint64_t frame) {
    return (frame << page_shift) | node_flag;
}
constexpr std::uint64_t make_leaf(std::uint64_t frame, bool shared, bool foreign) {
    return (frame << page_shift) | leaf_flag | (shared ? shared_flag : 0) | (foreign ? foreign_flag : 0);
}
// Level 1 entries are 4 KiB pages, level 4 entries cover 512 GiB.
constexpr std::size_t index_at(std::uint64_t address, unsigned level) {
    return (address >> (page_shift + 9 * (level - 1))) & (entries_per_node - 1);
}
constexpr std::uint64_t bytes_of_level(unsigned level) {
    return page_bytes << (9 * (level - 1));
}

} // namespace exo::mirror
