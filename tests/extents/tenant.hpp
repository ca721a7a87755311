// An owner of a part of the shared disk: the test itself, or a child of it. Either has a ring, a window and frames of
// its own, and the test maps both: it writes the rings by hand and sees what lands in the frames.
#pragma once

#include "secure-bindings/abi/extent.hpp"
#include "tests/boot/expect.hpp"

#include <vector>

namespace extents {

// The program's extent is cut into parts, each of so many blocks.
inline constexpr std::uint64_t part_blocks = 2048;
inline constexpr std::uint32_t block_bytes = 512, page_blocks = exo::page_bytes / block_bytes;
inline constexpr exo::Rights every_right =
    exo::right::Read | exo::right::Write | exo::right::Trim | exo::right::Flush | exo::right::Bind | exo::right::Grant;

// Places of a child, in the page table that its board has made; and of its frames, behind those that it uses itself.
inline constexpr std::uint64_t child_completions_at = 0x7000'0008'0000ull, child_ring_at = 0x7000'000a'0000ull;
inline constexpr std::uint64_t child_frames_at = 128;

// A new name of the test's for one of the parts, 0 to 7.
exo::Handle part(unsigned number, exo::Rights rights = every_right);
// Drops a capability, until nothing has to be waited for any more.
exo::CallResult drop(exo::Handle capability);
exo::CallResult bind_ring(exo::Handle environment, exo::Handle extent, const exo::ExtentRingSpec& spec,
                          std::uint64_t vcore = 0);
// What an environment's frame shows at a page of its window.
exo::CallResult bind_window(exo::Handle environment, exo::Handle extent, std::uint64_t page, std::uint64_t frame,
                            exo::Handle frames);

struct TenantOptions {
    lab::Child* child = nullptr;   // null: the test itself
    bool own_capabilities = false; // of the test: ring and data are each under a capability of their own
};

class Tenant {
public:
    static constexpr std::uint32_t window_pages = 64;

    // Takes the part over: its handle is dropped in the end. A child is destroyed before.
    explicit Tenant(exo::Handle part, const TenantOptions& options = {});
    ~Tenant();
    Tenant(const Tenant&) = delete;
    Tenant& operator=(const Tenant&) = delete;

    exo::CallResult bound() const { return bound_; }
    exo::Handle handle() const { return part_; } // the test's
    exo::Handle ring_frames() const { return ring_frames_; }
    exo::Handle data_frames() const { return data_frames_; }
    std::uint64_t ring_frame() const { return ring_frame_; }
    std::uint64_t data_frame() const { return data_frame_; }
    exo::ExtentRing& ring() { return *ring_; }
    std::uint64_t completions_address() const { return completions_address_; }

    // Binds ring and window as the constructor did, or gives the ring back: the result of one call.
    exo::CallResult bind();
    exo::CallResult unbind();
    // Another part by the same ring, as extent `number`, from 1 on; dropped in the end.
    exo::CallResult join(std::uint16_t number, exo::Handle part);

    // A command by the next tag: a page, unless it says otherwise, from `block` of the part, to or from `page` on.
    exo::ExtentEntry entry(exo::ExtentOperation operation, std::uint64_t block, std::uint32_t page,
                           std::uint16_t extent = 0);
    void put(const exo::ExtentEntry& entry);
    void publish(std::uint32_t ahead = 0);

    // The rest is for the test's own tenants, whose completions it sees.
    exo::CallResult submit();
    // Completions that came since the last look.
    unsigned ended();
    // Carries one command out: its status; -1 when it was refused or did not end.
    int run(const exo::ExtentEntry& entry);
    exo::ExtentRefusal last_refusal() const;
    // Until everything that was given has ended.
    bool settle();
    // What all octets of a page on the disk are; -1: they differ, or cannot be read.
    int look(std::uint64_t block, std::uint16_t extent = 0);

    void fill(std::uint32_t page, std::uint32_t count, char octet);
    bool holds(std::uint32_t page, std::uint32_t count, char octet) const;

private:
    lab::Child* child_;
    exo::Handle environment_, part_, theirs_; // theirs: the owner's own name
    exo::Handle ring_frames_ = exo::no_handle, data_frames_ = exo::no_handle;
    std::uint64_t ring_frame_ = 0, data_frame_ = 0, completions_address_ = 0;
    exo::CallResult bound_{0};
    exo::ExtentRing* ring_ = nullptr;
    char* data_ = nullptr;
    std::vector<exo::Handle> joined_;
    bool own_capabilities_;
    std::uint32_t given_ = 0;
    std::uint16_t head_ = 0, phase_ = 1, next_tag_ = 0;
    std::uint64_t ended_ = 0; // bit i: tag i
    int status_[exo::extent_tags] = {};
};

} // namespace extents
