// From a frame to its mappings: finding and breaking the bindings of a capability. A frame has up to three
// chains, one for each size of page that covers it; each has at most mappings_per_frame_max links.
#include "secure-bindings/mapping/table_book.hpp"

#include <algorithm>

namespace exo {

namespace {

std::uint64_t head(const FrameMap& frames, std::uint64_t frame, std::uint8_t level) {
    if (level == 1) {
        // The books of tables use the field for something else; tables are not mapped.
        return frames.at(frame).type == FrameType::Data ? frames.at(frame).first : no_mapping;
    }
    return level == 2 ? frames.large(frame).first : frames.huge(frame).first;
}

std::uint16_t holder_of(const FrameMap& frames, std::uint64_t link) {
    const std::uint64_t table = link >> index_bits;
    if (frames.at(table).type == FrameType::PageTable) {
        return frames.at(table).tenant;
    }
    const std::uint64_t entry = frames.words(table)[link % entries_per_table];
    return static_cast<std::uint16_t>((entry & dma_entry::holder_mask) >> dma_entry::holder_shift);
}

MappingPlace place_of(std::uint64_t link, std::uint8_t level) {
    return {link >> index_bits, static_cast<std::uint32_t>(link % entries_per_table), level};
}

} // namespace

void unlink_inner(const FrameMap& frames, std::uint64_t first, std::uint64_t link, std::uint64_t next) {
    std::uint64_t here = first;
    for (std::size_t looked = 0; looked < mappings_per_frame_max && here != no_mapping; ++looked) {
        std::uint64_t& book = book_at(frames, here);
        if ((book & ledger::link_mask) == link) {
            book = (book & ~ledger::link_mask) | next;
            return;
        }
        here = head_of(book & ledger::link_mask);
    }
}

bool Mapping::find_of(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot, MappingPlace* place) const {
    for (std::uint8_t level = 1; level <= page_level_max; ++level) {
        std::uint64_t link = head(frames_, frame, level);
        for (std::size_t looked = 0; looked < mappings_per_frame_max && link != no_mapping; ++looked) {
            const std::uint64_t book = book_at(frames_, link);
            if (ledger_slot(book) == slot && holder_of(frames_, link) == holder) {
                *place = place_of(link, level);
                return true;
            }
            link = head_of(book & ledger::link_mask);
        }
    }
    return false;
}

bool Mapping::find_next_of(std::uint64_t* frame, std::uint64_t end, std::uint16_t holder, std::uint16_t slot,
                           std::size_t limit, MappingPlace* place) const {
    const std::uint64_t stop = *frame + std::min<std::uint64_t>(limit, end - *frame);
    for (; *frame < stop; ++*frame) {
        if (find_of(*frame, holder, slot, place)) {
            return true;
        }
    }
    return false;
}

bool Mapping::find_any(std::uint64_t frame, MappingPlace* place) const {
    for (std::uint8_t level = 1; level <= page_level_max; ++level) {
        if (const std::uint64_t link = head(frames_, frame, level); link != no_mapping) {
            *place = place_of(link, level);
            return true;
        }
    }
    return false;
}

void Mapping::break_at(const MappingPlace& place) {
    release(frames_, Cell{frames_.words(place.table) + place.index, place.table, place.index, place.level},
            frames_.at(place.table).type);
}

std::uint64_t Mapping::place_address(const MappingPlace& place) const {
    std::uint64_t address = std::uint64_t{place.index} << shift_of(place.level);
    std::uint64_t above = frames_.at(place.table).first;
    for (std::uint8_t level = place.level; level < page_level_max + 1 && above != no_mapping; ++level) {
        const std::uint64_t table = above >> index_bits;
        address |= (above % entries_per_table) << shift_of(frames_.at(table).level);
        above = frames_.at(table).first;
    }
    return address;
}

bool Mapping::find_unowned(const Tree& tree, std::uint16_t slot, std::uint64_t* address, std::size_t limit,
                           MappingPlace* place) const {
    const std::uint64_t end = address_end(tree);
    for (std::size_t looked = 0; looked < limit && *address < end; ++looked) {
        const Cell cell = reach(frames_, tree, *address, 1);
        if (cell.level == 1 && frames_.at(cell.table + 1).pins != 0) {
            for (std::uint32_t i = cell.index; i < entries_per_table; ++i) {
                const std::uint64_t* entry = cell.entry + (i - cell.index);
                if (is_unowned(tree.type, *entry) && ledger_slot(entry[entries_per_table]) == slot) {
                    *address += std::uint64_t{i - cell.index} << page_shift;
                    *place = {cell.table, i, 1};
                    return true;
                }
            }
        }
        // Past what was looked at: a whole table of pages, or an empty or large entry above.
        const std::uint64_t span = 1ull << shift_of(std::max<std::uint8_t>(cell.level, 2));
        *address = std::min((*address | (span - 1)) + 1, end);
    }
    return false;
}

} // namespace exo
