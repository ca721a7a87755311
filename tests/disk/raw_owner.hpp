// An owner of an extent that writes its ring by hand: any entry, any index. Beside the whole extent it binds a part of
// it, and the same part with nothing but Read; the blocks around the part hold a pattern.
#pragma once

#include "drivers/nvme/spec.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/start/start_info.hpp"
#include "secure-bindings/abi/extent.hpp"
#include "secure-bindings/abi/syscall.hpp"

namespace disk_tests {

class RawOwner {
public:
    static constexpr std::uint16_t whole = 0, part = 1, readable = 2; // numbers of the extents
    static constexpr std::uint64_t part_first = 64, part_count = 256; // blocks, within the whole
    static constexpr std::uint32_t window_pages = 32;

    bool open(const exo::StartExtent& granted);

    exo::Handle extent() const { return extent_; }
    exo::Handle part_handle() const { return part_; }
    exo::Handle readable_handle() const { return readable_; }
    std::uint32_t block_bytes() const { return 1u << ring_->block_shift; }
    std::uint64_t first_frame() const { return frames_; }
    std::uint64_t completions_address() const { return completions_address_; }

    // The next free tag.
    exo::ExtentEntry entry(exo::ExtentOperation operation, std::uint16_t extent, std::uint64_t block,
                           std::uint32_t blocks, std::uint32_t offset = 0);
    exo::ExtentEntry entry_tagged(std::uint16_t tag);
    std::uint16_t* list(std::uint16_t tag) { return lists_[tag]; }
    // Into the ring, where it stays to be written to.
    exo::ExtentEntry& put(const exo::ExtentEntry& entry);
    exo::CallResult submit();
    exo::CallResult submit_claiming(std::uint32_t ahead);
    // Of the entry taken last.
    exo::ExtentRefusal last_refusal() const;
    // Waits for a command's end: its status, or -1 after some seconds.
    int wait(std::uint16_t tag);
    int run(const exo::ExtentEntry& entry);
    // As many reads at once as there are tags, into page 0 on; how many.
    std::uint16_t fill_queue(std::uint16_t extent);
    // Completions that are in memory and were not waited for.
    std::uint16_t completions_waiting() const;
    // Takes every completion of what is out.
    void settle();

    exo::CallResult bind_window(std::uint64_t page, std::uint64_t frame, std::uint64_t count, exo::Handle frames);
    exo::CallResult unbind_window(std::uint64_t page, std::uint64_t count);
    void fill(std::uint32_t page, unsigned char octet);
    // Reads every block around the part.
    bool pattern_is_whole();

private:
    bool pattern(bool write);
    void take_one();

    exo::Handle extent_ = exo::no_handle, part_ = exo::no_handle, readable_ = exo::no_handle;
    exo::ExtentRing* ring_ = nullptr;
    exo::ExtentPageList* lists_ = nullptr;
    const volatile exo::nvme::CompletionEntry* completions_ = nullptr;
    std::uint64_t frames_ = 0, completions_address_ = 0;
    std::uint32_t given_ = 0;
    std::uint16_t head_ = 0, phase_ = 1, next_tag_ = 0;
    std::uint64_t ended_ = 0; // bit i: tag i ended and was not waited for
    int status_[exo::extent_tags] = {};
};

} // namespace disk_tests
