// Making frames into tables and back, one at a time. Emptying a whole tree is tear_down.cpp.
#include "secure-bindings/mapping/table_book.hpp"

namespace exo {

namespace {

Status check_pair(const FrameMap& frames, std::uint64_t frame) {
    if (frame % 2 != 0) {
        return std::unexpected(Error::Misaligned);
    }
    if (frame >= frames.size() || frame + 1 >= frames.size() || frame >= 1ull << frame_number_bits) {
        return std::unexpected(Error::OutOfRange);
    }
    for (const std::uint64_t half : {frame, frame + 1}) {
        if (frames.at(half).type != FrameType::Data || !frames.unmapped(half)) {
            return std::unexpected(Error::InUse);
        }
    }
    return {};
}

// Cannot fail after check_pair.
void make_pair(FrameMap& frames, const Tree& tree, std::uint64_t frame, std::uint8_t level, std::uint64_t place,
               std::uint16_t slot, std::uint16_t holder) {
    static_cast<void>(frames.retype(frame, tree.type, tree.tenant, level));
    static_cast<void>(frames.retype(frame + 1, FrameType::Ledger, tree.tenant, level));
    __builtin_memset(frames.words(frame), 0, 2 * page_bytes);
    frames.at(frame).first = place;
    frames.at(frame + 1).first = maker_of(holder == holder_is_tenant ? tree.tenant : holder, slot);
}

// Present and, for the leaves to decide, with every right.
std::uint64_t table_entry(FrameType type, std::uint64_t frame) {
    const std::uint64_t bits = type == FrameType::DmaTable ? dma_entry::read | dma_entry::write
                                                           : page_entry::present | page_entry::writable |
                                                                 page_entry::user | page_entry::accessed;
    return (frame << page_shift) | bits;
}

Status check_level(const Tree& tree, std::uint64_t address, std::uint8_t level) {
    if (level == 0 || level >= tree.levels) {
        return std::unexpected(Error::BadArgument);
    }
    if (address >= address_end(tree)) {
        return std::unexpected(Error::BadAddress);
    }
    return {};
}

} // namespace

Status Mapping::make_root(FrameType type, std::uint64_t frame, std::uint16_t tenant, std::uint8_t levels,
                          std::uint16_t slot, std::uint16_t holder) {
    if (const Status status = check_pair(frames_, frame); !status) {
        return status;
    }
    make_pair(frames_, Tree{frame, levels, type, tenant}, frame, levels, no_mapping, slot, holder);
    return {};
}

Status Mapping::add_table(const Tree& tree, std::uint64_t address, std::uint8_t level, std::uint64_t frame,
                          std::uint16_t slot, std::uint16_t holder) {
    if (const Status status = check_level(tree, address, level); !status) {
        return status;
    }
    if (const Status status = check_pair(frames_, frame); !status) {
        return status;
    }
    const Cell cell = reach(frames_, tree, address, level + 1);
    if (*cell.entry != 0) {
        return std::unexpected(Error::Occupied);
    }
    if (cell.level != level + 1) {
        return std::unexpected(Error::NoTable);
    }
    make_pair(frames_, tree, frame, level, link_of(cell.table, cell.index), slot, holder);
    ++frames_.at(cell.table).pins;
    store_entry(*cell.entry, table_entry(tree.type, frame));
    return {};
}

Result<std::uint64_t> Mapping::remove_table(const Tree& tree, std::uint64_t address, std::uint8_t level) {
    if (const Status status = check_level(tree, address, level); !status) {
        return std::unexpected(status.error());
    }
    const Cell cell = reach(frames_, tree, address, level + 1);
    if (cell.level != level + 1 || !is_table(*cell.entry, cell.level)) {
        return std::unexpected(Error::NoTable);
    }
    const std::uint64_t table = frame_of(*cell.entry);
    if (frames_.at(table).pins != 0) {
        return std::unexpected(Error::InUse);
    }
    cut(table);
    frames_.restore(table);
    frames_.restore(table + 1);
    return table;
}

bool Mapping::cut(std::uint64_t table) {
    FrameEntry& entry = frames_.at(table);
    if (entry.first == no_mapping) {
        return false;
    }
    const std::uint64_t above = entry.first >> index_bits;
    store_entry(frames_.words(above)[entry.first % entries_per_table], 0);
    --frames_.at(above).pins;
    entry.first = no_mapping;
    return true;
}

bool Mapping::table_of(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot, std::uint64_t* table) const {
    const FrameType type = frames_.at(frame).type;
    if (type != FrameType::PageTable && type != FrameType::DmaTable && type != FrameType::Ledger) {
        return false;
    }
    *table = frame & ~1ull;
    return frames_.at(*table + 1).first == maker_of(holder, slot);
}

} // namespace exo
