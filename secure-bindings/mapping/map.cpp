// Binding pages: memory of the frame map (one page or a run) and unowned pages. All checks of a page come
// before its first change. The way back is unmap.cpp.
#include "secure-bindings/mapping/table_book.hpp"

#include <algorithm>

namespace exo {

namespace {

// What does not depend on the table: returns the bits of the leaf besides the frame.
Result<std::uint64_t> check(const Tree& tree, const MapRequest& request) {
    if (request.level == 0 || request.level > page_level_max || request.level > tree.levels) {
        return std::unexpected(Error::BadArgument);
    }
    if (pages_to_end(tree, request.address, request.level) == 0) {
        return std::unexpected(Error::BadAddress);
    }
    const std::uint64_t pages = pages_of(request.level);
    if (request.address % (pages << page_shift) != 0 || request.frame % pages != 0) {
        return std::unexpected(Error::Misaligned);
    }
    const Rights joined = joined_rights(tree.type, request.rights);
    if ((joined & ~request.rights_max) != 0) {
        return std::unexpected(Error::NoRight);
    }
    const std::uint64_t holder =
        tree.type == FrameType::DmaTable ? std::uint64_t{request.holder} << dma_entry::holder_shift : 0;
    return leaf_bits(tree.type, request.level, joined) | (holder & dma_entry::holder_mask);
}

bool is_data(FrameMap& frames, std::uint64_t frame, std::uint8_t level) {
    if (level == 1) {
        return frames.at(frame).type == FrameType::Data;
    }
    return (level == 2 ? frames.large(frame).typed : frames.huge(frame).typed) == 0;
}

bool chain_full(const FrameMap& frames, std::uint64_t head) {
    std::size_t length = 0;
    for (std::uint64_t link = head; link != no_mapping; link = head_of(book_at(frames, link) & ledger::link_mask)) {
        if (++length == mappings_per_frame_max) {
            return true;
        }
    }
    return false;
}

// What must hold of the frame and the entry for it.
Status admit(FrameMap& frames, const Cell& cell, std::uint64_t frame, std::uint8_t level) {
    if (frame >= frames.size()) {
        return std::unexpected(Error::OutOfRange);
    }
    if (*cell.entry != 0) {
        return std::unexpected(Error::Occupied);
    }
    if (cell.level != level) {
        return std::unexpected(Error::NoTable);
    }
    if (!is_data(frames, frame, level)) {
        return std::unexpected(Error::InUse);
    }
    if (chain_full(frames, chain_head(frames, frame, level))) {
        return std::unexpected(Error::TableFull);
    }
    return {};
}

} // namespace

Status Mapping::map(const Tree& tree, const MapRequest& request) {
    return map_run(tree, request, 1).status;
}

Mapping::MapRun Mapping::map_run(const Tree& tree, const MapRequest& request, std::uint64_t count) {
    const Result<std::uint64_t> bits = check(tree, request);
    if (!bits) {
        return {0, std::unexpected(bits.error())};
    }
    const std::uint64_t pages = pages_of(request.level);
    const std::uint64_t book = ledger_word(0, request.slot, request.rights_max);
    std::uint64_t done = 0;
    while (done < count) {
        const std::uint64_t address = request.address + ((done * pages) << page_shift);
        const std::uint64_t room = pages_to_end(tree, address, request.level);
        if (room == 0) {
            return {done, std::unexpected(Error::BadAddress)};
        }
        Cell cell = reach(frames_, tree, address, request.level);
        FrameEntry& table = frames_.at(cell.table);
        const std::uint64_t stop = done + std::min<std::uint64_t>({count - done, room, entries_per_table - cell.index});
        for (; done < stop; ++done, ++cell.entry, ++cell.index) {
            const std::uint64_t frame = request.frame + done * pages;
            if (const Status status = admit(frames_, cell, frame, request.level); !status) {
                return {done, status};
            }
            std::uint64_t& head = chain_head(frames_, frame, request.level);
            cell.book() = book | (head & ledger::link_mask);
            head = link_of(cell.table, cell.index);
            ++table.pins;
            store_entry(*cell.entry, (frame << page_shift) | *bits);
        }
    }
    return {done, {}};
}

Status Mapping::map_unowned(const Tree& tree, const UnownedRequest& request) {
    if (tree.type != FrameType::PageTable || request.address >= address_end(tree)) {
        return std::unexpected(Error::BadAddress);
    }
    if (request.address % page_bytes != 0) {
        return std::unexpected(Error::Misaligned);
    }
    if (request.frame >= 1ull << frame_number_bits) {
        return std::unexpected(Error::OutOfRange);
    }
    if (request.frame < frames_.size() && frames_.at(request.frame).type == FrameType::Data) {
        return std::unexpected(Error::InUse);
    }
    const Cell cell = reach(frames_, tree, request.address, 1);
    if (*cell.entry != 0) {
        return std::unexpected(Error::Occupied);
    }
    if (cell.level != 1) {
        return std::unexpected(Error::NoTable);
    }
    const Rights joined = joined_rights(tree.type, request.rights);
    const std::uint64_t cache =
        request.cache == CacheMode::Uncached ? page_entry::cache_disable | page_entry::write_through : 0;
    cell.book() = ledger_word(0, request.slot, joined);
    ++frames_.at(cell.table).pins;
    ++frames_.at(cell.table + 1).pins;
    store_entry(*cell.entry,
                (request.frame << page_shift) | page_entry::software_unowned | cache | leaf_bits(tree.type, 1, joined));
    return {};
}

} // namespace exo
