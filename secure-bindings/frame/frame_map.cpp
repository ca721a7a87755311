// The frame ownership map: types of frames and the counts that let a large page be judged in one look.
// Who maps a frame is mapping/chains.cpp.
#include "secure-bindings/frame/frame_map.hpp"

#include <algorithm>

namespace exo {

FrameMap::FrameMap(std::span<FrameEntry> frames, std::span<RegionEntry> large, std::span<RegionEntry> huge,
                   std::byte* memory)
    : frames_(frames), large_(large), huge_(huge), memory_(memory) {
    constexpr FrameEntry absent{no_mapping, 0, FrameType::Absent, 0, 0, 0};
    std::fill(frames.begin(), frames.end(), absent);
    std::fill(large.begin(), large.end(), RegionEntry{no_mapping, frames_per_large});
    std::fill(huge.begin(), huge.end(), RegionEntry{no_mapping, frames_per_huge});
}

bool FrameMap::all_data(std::uint64_t first, std::uint64_t count) const {
    if (first > size() || count > size() - first) {
        return false;
    }
    const std::uint64_t end = first + count;
    for (std::uint64_t frame = first; frame < end;) {
        const std::uint64_t left = end - frame;
        if (frame % frames_per_huge == 0 && left >= frames_per_huge && huge_[frame / frames_per_huge].typed == 0) {
            frame += frames_per_huge;
        } else if (frame % frames_per_large == 0 && left >= frames_per_large &&
                   large_[frame / frames_per_large].typed == 0) {
            frame += frames_per_large;
        } else if (frames_[frame].type == FrameType::Data) {
            ++frame;
        } else {
            return false;
        }
    }
    return true;
}

bool FrameMap::unmapped(std::uint64_t frame) const {
    return frames_[frame].first == no_mapping && frames_[frame].pins == 0 &&
           large_[frame / frames_per_large].first == no_mapping && huge_[frame / frames_per_huge].first == no_mapping;
}

void FrameMap::set_type(std::uint64_t frame, FrameType type) {
    FrameEntry& entry = frames_[frame];
    const bool was_data = entry.type == FrameType::Data;
    const bool is_data = type == FrameType::Data;
    entry.type = type;
    // Counts are unsigned: adding the difference is right in both directions.
    const std::uint64_t change = std::uint64_t{was_data} - std::uint64_t{is_data};
    large(frame).typed += change;
    huge(frame).typed += change;
}

Status FrameMap::retype(std::uint64_t frame, FrameType type, std::uint16_t tenant, std::uint8_t level) {
    if (frame >= size()) {
        return std::unexpected(Error::OutOfRange);
    }
    if (frames_[frame].type != FrameType::Data || !unmapped(frame)) {
        return std::unexpected(Error::InUse);
    }
    set_type(frame, type);
    frames_[frame].tenant = tenant;
    frames_[frame].level = level;
    return {};
}

void FrameMap::restore(std::uint64_t frame) {
    set_type(frame, FrameType::Data);
    FrameEntry& entry = frames_[frame];
    entry.first = no_mapping;
    entry.level = 0;
    entry.pins = 0;
    entry.tenant = 0;
}

void FrameMap::declare(std::uint64_t frame, FrameType type) {
    set_type(frame, type);
}

void FrameMap::declare_run(std::uint64_t first, std::uint64_t count, FrameType type) {
    const std::uint64_t begin = std::min<std::uint64_t>(first, size());
    const std::uint64_t end = begin + std::min<std::uint64_t>(count, size() - begin);
    // One 2 MiB region at a time, so that its counts are touched once.
    for (std::uint64_t frame = begin; frame < end;) {
        const std::uint64_t stop = std::min(end, (frame / frames_per_large + 1) * frames_per_large);
        const std::uint64_t chunk = frame;
        std::uint64_t data = 0;
        for (; frame < stop; ++frame) {
            data += frames_[frame].type == FrameType::Data ? 1 : 0;
            frames_[frame].type = type;
        }
        const std::uint64_t change = data - (type == FrameType::Data ? stop - chunk : 0);
        large(chunk).typed += change;
        huge(chunk).typed += change;
    }
}

} // namespace exo
