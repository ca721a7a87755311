// One run of physical frames under a buddy allocator. Pure bookkeeping: it never touches the frames themselves,
// so it runs on the host too. Its books lie in frames at the head of the run. Not locked; see frame_allocator.hpp.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// Runs of 2^order frames, aligned to their size as physical numbers.
inline constexpr unsigned frame_order_max = 18; // 1 GiB
inline constexpr unsigned order_4k = 0, order_2m = 9, order_1g = 18;

class FrameZone {
public:
    // How many bytes of books a run of that many frames needs.
    static std::size_t books_bytes(std::uint64_t frames);

    FrameZone() = default;
    // Takes over [first, first + count), all of it used as yet. `books` is books_bytes(count) of memory, any contents.
    void open(Handle handle, std::uint64_t first, std::uint64_t count, void* books);

    // An aligned run of 2^order frames. Errors: TableFull (no such run is free).
    Result<std::uint64_t> allocate(unsigned order);
    // Gives any run back; it may be a part of what was allocated, or several neighbours at once.
    void free(std::uint64_t first, std::uint64_t count);

    bool contains(std::uint64_t frame) const { return frame - first_ < count_; }
    bool is_free(std::uint64_t frame) const;
    std::uint64_t first() const { return first_; }
    std::uint64_t count() const { return count_; }
    std::uint64_t free_count() const { return free_count_; }
    std::uint64_t largest_free() const; // frames of the largest free run
    Handle handle() const { return handle_; }

    // Mappings of a frame, for frames that copy-on-write shares; meaningful from the first set on.
    std::uint16_t references(std::uint64_t frame) const { return references_[frame - first_]; }
    void set_references(std::uint64_t frame, std::uint16_t value) { references_[frame - first_] = value; }
    // A word that the owner of a used frame may keep beside it.
    std::uint32_t note(std::uint64_t frame) const { return links_[frame - first_].next; }
    void set_note(std::uint64_t frame, std::uint32_t value) { links_[frame - first_].next = value; }

private:
    struct Link {
        std::uint32_t next, previous; // indices into the run of free blocks of one order
    };
    static constexpr std::uint32_t none = ~0u;

    void push(std::uint32_t index, unsigned order);
    void remove(std::uint32_t index, unsigned order);
    void free_block(std::uint64_t frame, unsigned order);
    // The free block that holds a frame: its order, or -1.
    int find_block(std::uint64_t frame, std::uint64_t* head) const;

    Handle handle_ = no_handle;
    std::uint64_t first_ = 0, count_ = 0, free_count_ = 0;
    std::uint8_t* heads_ = nullptr; // order + 1 at the first frame of a free block, 0 elsewhere
    Link* links_ = nullptr;
    std::uint16_t* references_ = nullptr;
    std::uint32_t lists_[frame_order_max + 1] = {};
};

} // namespace exo
