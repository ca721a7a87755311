// Who owns each frame and what it is: the frame ownership map, over memory lent by the kernel.
// Also answers the questions whose answer needs more than one entry: may these frames become a
// table, may a large page cover them. The chains of mappings that hang on an entry are the
// business of mapping/.
#pragma once

#include "secure-bindings/abi/info.hpp"

#include <span>

namespace exo {

// What is kept for each 2 MiB and each 1 GiB of memory: the large mappings, and how many of its frames are
// not Data. Frames beyond the end of the map count as not Data, so that no large page reaches past it.
struct RegionEntry {
    std::uint64_t first; // head of the chain of large mappings, or no_mapping
    std::uint64_t typed; // frames that are not Data
};

class FrameMap {
public:
    FrameMap() = default;
    // `memory` is where frame 0's contents are reachable; frames, large and huge cover the same memory, the last
    // two rounded up. Their contents need not be initialised: every frame starts as Absent and unmapped.
    FrameMap(std::span<FrameEntry> frames, std::span<RegionEntry> large, std::span<RegionEntry> huge,
             std::byte* memory);

    std::size_t size() const { return frames_.size(); }
    FrameEntry& at(std::uint64_t frame) { return frames_[frame]; }
    const FrameEntry& at(std::uint64_t frame) const { return frames_[frame]; }
    RegionEntry& large(std::uint64_t frame) { return large_[frame / frames_per_large]; }
    const RegionEntry& large(std::uint64_t frame) const { return large_[frame / frames_per_large]; }
    RegionEntry& huge(std::uint64_t frame) { return huge_[frame / frames_per_huge]; }
    const RegionEntry& huge(std::uint64_t frame) const { return huge_[frame / frames_per_huge]; }
    // The contents of a frame, as 512 words.
    std::uint64_t* words(std::uint64_t frame) const {
        // Safe: the kernel lends memory that is reachable for every frame of the map, and a frame is aligned.
        return reinterpret_cast<std::uint64_t*>(memory_ + (frame << page_shift));
    }

    // Whether [first, first + count) lies within the map and all of it is Data. count may be large;
    // looks at regions where it can.
    bool all_data(std::uint64_t first, std::uint64_t count) const;
    // Whether nothing maps a Data frame (neither small nor large) and nothing pins it.
    bool unmapped(std::uint64_t frame) const;

    // Data, unmapped and not pinned becomes `type`. Errors: OutOfRange, InUse.
    Status retype(std::uint64_t frame, FrameType type, std::uint16_t tenant, std::uint8_t level);
    // A typed frame becomes Data again. The caller has cleared its contents.
    void restore(std::uint64_t frame);
    // At boot: says what a frame is, keeping the region counts right.
    void declare(std::uint64_t frame, FrameType type);
    // The same for [first, first + count), cut off at the end of the map.
    void declare_run(std::uint64_t first, std::uint64_t count, FrameType type);

private:
    void set_type(std::uint64_t frame, FrameType type);

    std::span<FrameEntry> frames_;
    std::span<RegionEntry> large_;
    std::span<RegionEntry> huge_;
    std::byte* memory_ = nullptr;
};

} // namespace exo
