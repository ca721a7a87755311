// What an address translates to, as hardware would find it. Reads only.
#include "secure-bindings/mapping/table_book.hpp"

namespace exo {

Result<Mapping::Translation> Mapping::translate(const Tree& tree, std::uint64_t address) const {
    if (address >= address_end(tree)) {
        return std::unexpected(Error::BadAddress);
    }
    const Cell cell = reach(frames_, tree, address, 1);
    if (*cell.entry == 0) {
        return std::unexpected(Error::NotBound);
    }
    const std::uint64_t within = (address >> page_shift) % pages_of(cell.level);
    return Translation{frame_of(*cell.entry) + within, cell.level, is_unowned(tree.type, *cell.entry),
                       rights_of(tree.type, *cell.entry)};
}

} // namespace exo
