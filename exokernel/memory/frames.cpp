// Sizes and fills the frame map at boot.
#include "exokernel/memory/frames.hpp"

#include "exokernel/log/log.hpp"
#include "exokernel/memory/boot_memory.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

FrameMap frame_map;
Mapping mapping(frame_map);
CapabilitySpace capabilities;

void frames_start() {
    std::uint64_t count = (boot_memory_end() >> page_shift);
    std::uint64_t large_count = (count + frames_per_large - 1) / frames_per_large;
    std::uint64_t huge_count = (count + frames_per_huge - 1) / frames_per_huge;
    auto pages = [](std::uint64_t bytes) { return (bytes + page_bytes - 1) >> page_shift; };
    std::uint64_t entries = boot_frames(pages(count * sizeof(FrameEntry)), count > 1u << 18 ? frames_per_large : 1);
    std::uint64_t large = boot_frames(pages(large_count * sizeof(RegionEntry)));
    std::uint64_t huge = boot_frames(pages(huge_count * sizeof(RegionEntry)));
    frame_map = FrameMap({at_frame<FrameEntry>(entries), count}, {at_frame<RegionEntry>(large), large_count},
                         {at_frame<RegionEntry>(huge), huge_count}, at_physical<std::byte>(0));
    machine_info.frame_count = count;
    map_info(info_frames, entries << page_shift, pages(count * sizeof(FrameEntry)) << page_shift);
}

void frames_release_rest() {
    for (const FrameRange& range : boot_memory_rest())
        for (std::uint64_t i = 0; i < range.count; i++)
            frame_map.declare(range.first + i, FrameType::Data);
}

bool frames_can_be_pinned(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t frame = first; frame < first + count; frame++)
        if (frame_map.at(frame).type != FrameType::Data || frame_map.at(frame).pins != 0)
            return false;
    return true;
}

void frames_pin(std::uint64_t first, std::uint64_t count, std::uint16_t tenant) {
    for (std::uint64_t frame = first; frame < first + count; frame++) {
        frame_map.at(frame).pins = tenant != 0;
        frame_map.at(frame).tenant = tenant;
    }
}

void frames_clear_and_restore(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t frame = first; frame < first + count; frame++) {
        std::uint64_t* words = frame_map.words(frame);
        for (unsigned i = 0; i < page_bytes / 8; i++)
            words[i] = 0;
        frame_map.restore(frame);
    }
}

} // namespace exo
