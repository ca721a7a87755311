// Changing the rights of bound pages within what their ledger allows. The loop over the entries of a table is
// the path that a collector or a check-pointing libOS runs for every page, so it keeps its sums for later.
#include "secure-bindings/mapping/table_book.hpp"

#include <algorithm>

namespace exo {

namespace {

struct Change {
    std::uint64_t keep;   // bits of the old entry that stay
    std::uint64_t bits;   // new bits besides
    std::uint64_t needed; // ledger bits without which the change is refused
};

Change change_of(FrameType type, std::uint8_t level, Rights rights) {
    const Rights joined = joined_rights(type, rights);
    return {kept_bits(type), leaf_bits(type, level, joined), std::uint64_t{joined} << ledger::rights_shift};
}

// What all changed entries together were: bits that any had, bits that none lacked.
struct Sums {
    std::uint64_t any = 0;
    std::uint64_t all = ~0ull;
};

// Changes entries from `entry` on until one is empty or not allowed; returns how many were changed.
std::uint64_t change_entries(std::uint64_t* entry, std::uint64_t count, const Change& change, Sums& sums) {
    const std::uint64_t keep = change.keep;
    const std::uint64_t bits = change.bits;
    const std::uint64_t needed = change.needed;
    std::uint64_t any = sums.any;
    std::uint64_t all = sums.all;
    std::uint64_t i = 0;
    for (; i < count; ++i) {
        const std::uint64_t old = entry[i];
        if (old == 0 || (entry[i + entries_per_table] & needed) != needed) {
            break;
        }
        any |= old;
        all &= old;
        store_entry(entry[i], (old & keep) | bits);
    }
    sums = {any, all};
    return i;
}

// A page without rights carries no_execute, so that it never counts as one that lost Execute.
bool narrowed(FrameType type, const Sums& sums, std::uint64_t bits) {
    if (type == FrameType::DmaTable) {
        return (sums.any & ~bits & (dma_entry::read | dma_entry::write)) != 0;
    }
    return (sums.any & ~bits & (page_entry::present | page_entry::writable)) != 0 ||
           (~sums.all & bits & page_entry::no_execute) != 0;
}

Error refusal(std::uint64_t entry) {
    return entry == 0 ? Error::NotBound : Error::NoRight;
}

} // namespace

Result<bool> Mapping::protect(const Tree& tree, std::uint64_t address, Rights rights) {
    if (address >= address_end(tree)) {
        return std::unexpected(Error::BadAddress);
    }
    const Cell cell = reach(frames_, tree, address, 1);
    if (*cell.entry != 0 && address % (pages_of(cell.level) << page_shift) != 0) {
        return std::unexpected(Error::Misaligned);
    }
    const Change change = change_of(tree.type, cell.level, rights);
    Sums sums;
    if (change_entries(cell.entry, 1, change, sums) == 0) {
        return std::unexpected(refusal(*cell.entry));
    }
    return narrowed(tree.type, sums, change.bits);
}

Mapping::ProtectRun Mapping::protect_run(const Tree& tree, std::uint64_t address, std::uint64_t count, Rights rights) {
    if (address % page_bytes != 0) {
        return {0, false, std::unexpected(Error::Misaligned)};
    }
    std::uint64_t done = 0;
    bool lost = false;
    while (done < count) {
        const std::uint64_t here = address + (done << page_shift);
        const std::uint64_t room = pages_to_end(tree, here, 1);
        if (room == 0) {
            return {done, lost, std::unexpected(Error::BadAddress)};
        }
        const Cell cell = reach(frames_, tree, here, 1);
        const std::uint64_t pages = pages_of(cell.level);
        if (*cell.entry != 0 && (here % (pages << page_shift) != 0 || count - done < pages)) {
            return {done, lost, std::unexpected(Error::Misaligned)};
        }
        const std::uint64_t entries =
            cell.level > 1 ? 1 : std::min<std::uint64_t>({count - done, room, entries_per_table - cell.index});
        const Change change = change_of(tree.type, cell.level, rights);
        Sums sums;
        const std::uint64_t changed = change_entries(cell.entry, entries, change, sums);
        lost = lost || (changed != 0 && narrowed(tree.type, sums, change.bits));
        done += changed * pages;
        if (changed != entries) {
            return {done, lost, std::unexpected(refusal(cell.entry[changed]))};
        }
    }
    return {done, lost, {}};
}

} // namespace exo
