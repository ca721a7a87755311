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
    std::uint64_t lost;   // of what an entry `gave`: what hardware must forget when any of these was given
};

// An entry with its no_execute turned round, so that every right is a bit that is set.
constexpr std::uint64_t given(std::uint64_t entry) {
    return entry ^ page_entry::no_execute;
}

// A page without rights carries no_execute, so that it never counts as one that lost Execute.
Change change_of(FrameType type, std::uint8_t level, Rights rights) {
    const Rights joined = joined_rights(type, rights);
    const std::uint64_t bits = leaf_bits(type, level, joined);
    const std::uint64_t access = type == FrameType::DmaTable
                                     ? dma_entry::read | dma_entry::write
                                     : page_entry::present | page_entry::writable | page_entry::no_execute;
    return {kept_bits(type), bits, std::uint64_t{joined} << ledger::rights_shift, access & ~given(bits)};
}

// Whether every one of `entries_per_group` entries is bound and allowed. The ledger word beside an unused entry is
// zero, so that a change that needs any right finds unused entries by their ledger alone.
constexpr std::uint64_t entries_per_group = 8;
bool group_allows(const std::uint64_t* entry, std::uint64_t needed) {
    if (needed == 0) {
        bool bound = true;
        for (std::uint64_t i = 0; i < entries_per_group; ++i) {
            bound = bound && entry[i] != 0;
        }
        return bound;
    }
    std::uint64_t allowed = needed;
    for (std::uint64_t i = 0; i < entries_per_group; ++i) {
        allowed &= entry[entries_per_table + i];
    }
    return allowed == needed;
}

struct Changed {
    std::uint64_t entries;
    bool narrowed;
};

// Changes entries from `entry` on until one is empty or not allowed. Not inline: the loop needs the registers.
[[gnu::noinline]] Changed change_entries(std::uint64_t* entry, std::uint64_t count, const Change& change) {
    const std::uint64_t keep = change.keep;
    const std::uint64_t bits = change.bits;
    const std::uint64_t needed = change.needed;
    std::uint64_t gave = 0;
    const auto replace = [&](std::uint64_t i) {
        const std::uint64_t old = given(entry[i]); // `keep` has no access bits: turned round or not
        gave |= old;
        store_entry(entry[i], (old & keep) | bits);
    };
    std::uint64_t i = 0;
    while (count - i >= entries_per_group && group_allows(entry + i, needed)) {
        for (std::uint64_t j = 0; j < entries_per_group; ++j) {
            replace(i + j);
        }
        i += entries_per_group;
    }
    for (; i < count && entry[i] != 0 && (entry[i + entries_per_table] & needed) == needed; ++i) {
        replace(i);
    }
    return {i, (gave & change.lost) != 0};
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
    const Changed changed = change_entries(cell.entry, 1, change);
    if (changed.entries == 0) {
        return std::unexpected(refusal(*cell.entry));
    }
    return changed.narrowed;
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
        const Changed changed = change_entries(cell.entry, entries, change);
        lost = lost || changed.narrowed;
        done += changed.entries * pages;
        if (changed.entries != entries) {
            return {done, lost, std::unexpected(refusal(cell.entry[changed.entries]))};
        }
    }
    return {done, lost, {}};
}

} // namespace exo
