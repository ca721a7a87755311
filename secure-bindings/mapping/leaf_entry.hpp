// Rights to entry bits and back, for leaves of both kinds of tables. No walking, no books.
// The formats are in entry_format.hpp.
#pragma once

#include "secure-bindings/frame/frame_map.hpp"
#include "secure-bindings/mapping/entry_format.hpp"

namespace exo {

inline constexpr Rights page_rights = right::Read | right::Write | right::Execute;

// The rights an entry of this type will really give.
constexpr Rights joined_rights(FrameType type, Rights rights) {
    if (type == FrameType::DmaTable) {
        return rights & (right::Read | right::Write);
    }
    const Rights asked = rights & page_rights;
    return asked == 0 ? 0 : asked | right::Read;
}

// The bits of a leaf besides its frame. Accessed and dirty are set beforehand: nobody reads them, and
// hardware then never has to write to the table. Dirty without writable would mean a shadow stack (SDM 4.6.1).
constexpr std::uint64_t leaf_bits(FrameType type, std::uint8_t level, Rights joined) {
    const std::uint64_t size = level > 1 ? page_entry::large : 0;
    if (type == FrameType::DmaTable) {
        const std::uint64_t access =
            ((joined & right::Read) != 0 ? dma_entry::read : 0) | ((joined & right::Write) != 0 ? dma_entry::write : 0);
        return size | (access != 0 ? access : dma_entry::software_bound);
    }
    if (joined == 0) {
        return size | page_entry::software_bound | page_entry::no_execute;
    }
    return size | page_entry::present | page_entry::user | page_entry::accessed |
           ((joined & right::Write) != 0 ? page_entry::writable | page_entry::dirty : 0) |
           ((joined & right::Execute) != 0 ? 0 : page_entry::no_execute);
}

// What stays in an entry when its rights change.
constexpr std::uint64_t kept_bits(FrameType type) {
    return type == FrameType::DmaTable ? entry_frame_mask | dma_entry::holder_mask
                                       : entry_frame_mask | page_entry::write_through | page_entry::cache_disable |
                                             page_entry::software_unowned;
}

constexpr Rights rights_of(FrameType type, std::uint64_t entry) {
    if (type == FrameType::DmaTable) {
        return ((entry & dma_entry::read) != 0 ? right::Read : 0) |
               ((entry & dma_entry::write) != 0 ? right::Write : 0);
    }
    if ((entry & page_entry::present) == 0) {
        return 0;
    }
    return right::Read | ((entry & page_entry::writable) != 0 ? right::Write : 0) |
           ((entry & page_entry::no_execute) == 0 ? right::Execute : 0);
}

constexpr bool is_unowned(FrameType type, std::uint64_t entry) {
    return type == FrameType::PageTable && (entry & page_entry::software_unowned) != 0;
}

constexpr std::uint64_t frame_of(std::uint64_t entry) {
    return (entry & entry_frame_mask) >> page_shift;
}

} // namespace exo
