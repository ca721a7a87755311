// Unbinding pages by address, one or a run. Unbinding by frame, for who destroys a capability,
// is chains.cpp.
#include "secure-bindings/mapping/table_book.hpp"

#include <algorithm>

namespace exo {

Result<std::uint8_t> Mapping::unmap(const Tree& tree, std::uint64_t address, std::uint8_t level) {
    if (address >= address_end(tree)) {
        return std::unexpected(Error::BadAddress);
    }
    const Cell cell = reach(frames_, tree, address, 1);
    if (*cell.entry == 0 || (level != 0 && level != cell.level)) {
        return std::unexpected(Error::NotBound);
    }
    if (address % (pages_of(cell.level) << page_shift) != 0) {
        return std::unexpected(Error::Misaligned);
    }
    release(frames_, cell, tree.type);
    return cell.level;
}

Mapping::UnmapRun Mapping::unmap_run(const Tree& tree, std::uint64_t address, std::uint64_t count) {
    if (address % page_bytes != 0) {
        return {0, std::unexpected(Error::Misaligned)};
    }
    std::uint64_t done = 0;
    while (done < count) {
        const std::uint64_t here = address + (done << page_shift);
        const std::uint64_t room = pages_to_end(tree, here, 1);
        if (room == 0) {
            return {done, std::unexpected(Error::BadAddress)};
        }
        Cell cell = reach(frames_, tree, here, 1);
        const std::uint64_t pages = pages_of(cell.level);
        if (*cell.entry != 0 && (here % (pages << page_shift) != 0 || count - done < pages)) {
            return {done, std::unexpected(Error::Misaligned)};
        }
        const std::uint64_t entries =
            cell.level > 1 ? 1 : std::min<std::uint64_t>({count - done, room, entries_per_table - cell.index});
        for (std::uint64_t i = 0; i < entries; ++i, ++cell.entry, ++cell.index, done += pages) {
            if (*cell.entry == 0) {
                return {done, std::unexpected(Error::NotBound)};
            }
            release(frames_, cell, tree.type);
        }
    }
    return {done, {}};
}

} // namespace exo
