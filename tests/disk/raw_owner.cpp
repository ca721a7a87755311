// See raw_owner.hpp.
#include "tests/disk/raw_owner.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"

using namespace exo;

namespace disk_tests {

namespace {

constexpr std::uint64_t octet_of(std::uint64_t block, std::uint64_t at) {
    return (block * 31 + at) & 0xff;
}

} // namespace

bool RawOwner::open(const StartExtent& granted) {
    extent_ = granted.handle;
    const auto ring = frames().allocate_run(extent_ring_pages);
    const auto data = frames().allocate_run(window_pages);
    const auto place = address_space().map({.bytes = page_bytes, .page_order = 0});
    CapabilityInfo about;
    if (!ring || !data || !place || !sys::inspect(extent_, &about).ok())
        return false;
    const BindOp page{BindKind::Page, bind_flag::size_4k, no_handle, *place, 0, 1, 0};
    if (!sys::unbind(self, &page, 1).ok())
        return false;
    frames_ = *data;
    completions_address_ = *place;
    // Safe: frames of that shape from now on; the completions are mapped there below.
    ring_ = reinterpret_cast<ExtentRing*>(frame_memory(*ring));
    lists_ = reinterpret_cast<ExtentPageList*>(frame_memory(*ring) + extent_lists_at);
    completions_ = reinterpret_cast<const volatile nvme::CompletionEntry*>(*place);
    const ExtentRingSpec spec{frames().handle_of(*ring), *ring, *place};
    const auto spec_at = reinterpret_cast<std::uint64_t>(&spec); // Safe: only the address crosses.
    const Rights every = right::Read | right::Write | right::Trim | right::Flush | right::Bind;
    part_ = sys::derive(extent_, Kind::Extent, every, about.first + part_first, part_count).value();
    readable_ =
        sys::derive(extent_, Kind::Extent, right::Read | right::Bind, about.first + part_first, part_count).value();
    const BindOp rows[] = {{BindKind::ExtentRing, 0, extent_, spec_at, 50, whole, 0},
                           {BindKind::ExtentRing, 0, part_, 0, 0, part, extent_},
                           {BindKind::ExtentRing, 0, readable_, 0, 0, readable, extent_}};
    const CallResult bound = sys::bind(self, rows, 3);
    if (!bound.ok() || bound.value() != 3)
        return false;
    head_ = ring_->completion_head;
    phase_ = ring_->completion_phase;
    return bind_window(0, frames_, window_pages, frames().handle_of(frames_)).ok() && pattern(true);
}

CallResult RawOwner::bind_window(std::uint64_t page, std::uint64_t frame, std::uint64_t count, Handle handle) {
    const BindOp row{
        BindKind::ExtentWindow, right::Read | right::Write, extent_, page * page_bytes, frame, count, handle};
    return sys::bind(self, &row, 1);
}

CallResult RawOwner::unbind_window(std::uint64_t page, std::uint64_t count) {
    const BindOp row{BindKind::ExtentWindow, 0, extent_, page * page_bytes, 0, count, 0};
    return sys::unbind(self, &row, 1);
}

ExtentEntry RawOwner::entry(ExtentOperation operation, std::uint16_t extent, std::uint64_t block, std::uint32_t blocks,
                            std::uint32_t offset) {
    ExtentEntry made{};
    made.operation = operation;
    made.tag = next_tag_;
    next_tag_ = (next_tag_ + 1) % extent_tags;
    made.extent = extent;
    made.block = block;
    made.blocks = blocks;
    made.offset = offset;
    return made;
}

ExtentEntry RawOwner::entry_tagged(std::uint16_t tag) {
    ExtentEntry made = entry(ExtentOperation::Read, part, 0, 1);
    made.tag = tag;
    return made;
}

ExtentEntry& RawOwner::put(const ExtentEntry& entry) {
    ExtentEntry& place = ring_->entries[given_++ % extent_queue_entries];
    place = entry;
    if (entry.tag < extent_tags)
        ended_ &= ~(1ull << entry.tag);
    return place;
}

CallResult RawOwner::submit() {
    return submit_claiming(0);
}

CallResult RawOwner::submit_claiming(std::uint32_t ahead) {
    __atomic_store_n(&ring_->given, given_ + ahead, __ATOMIC_RELEASE);
    const CallResult taken = sys::submit(extent_, 0);
    __atomic_store_n(&ring_->given, given_, __ATOMIC_RELEASE);
    return taken;
}

ExtentRefusal RawOwner::last_refusal() const {
    return ring_->refusal[(ring_->taken - 1) % extent_queue_entries];
}

void RawOwner::take_one() {
    const std::uint64_t rest = completions_[head_].rest;
    if ((rest >> nvme::completion::phase_shift & 1) != phase_)
        return;
    if (++head_ == extent_completions) {
        head_ = 0;
        phase_ ^= 1;
    }
    const std::uint64_t tag = rest >> nvme::completion::identifier_shift & 0xffff;
    if (tag < extent_tags) {
        ended_ |= 1ull << tag;
        status_[tag] = static_cast<int>(rest >> nvme::completion::status_shift);
    }
}

int RawOwner::wait(std::uint16_t tag) {
    for (const std::uint64_t deadline = deadline_in_ns(20'000'000'000); tsc() < deadline; take_one())
        if (ended_ >> tag & 1)
            return status_[tag];
    return -1;
}

int RawOwner::run(const ExtentEntry& entry) {
    put(entry);
    return submit().ok() && last_refusal() == ExtentRefusal::None ? wait(entry.tag) : -1;
}

std::uint16_t RawOwner::fill_queue(std::uint16_t extent) {
    const std::uint32_t blocks = 4 * page_bytes / block_bytes();
    for (std::uint16_t i = 0; i < extent_tags; ++i)
        put(entry(ExtentOperation::Read, extent, 0, blocks));
    const CallResult taken = submit();
    return taken.ok() ? static_cast<std::uint16_t>(taken.value()) : 0;
}

std::uint16_t RawOwner::completions_waiting() const {
    std::uint16_t count = 0, at = head_, phase = phase_;
    while ((completions_[at].rest >> nvme::completion::phase_shift & 1) == phase) {
        ++count;
        if (++at == extent_completions) {
            at = 0;
            phase ^= 1;
        }
    }
    return count;
}

void RawOwner::settle() {
    for (const std::uint64_t deadline = deadline_in_ns(20'000'000'000); tsc() < deadline;) {
        take_one();
        (void)sys::submit(extent_, 0);
        if (ring_->out == 0 && completions_waiting() == 0)
            return;
    }
}

void RawOwner::fill(std::uint32_t page, unsigned char octet) {
    for (std::uint64_t at = 0; at < page_bytes; ++at)
        frame_memory(frames_ + page)[at] = std::byte{octet};
}

// 64 blocks before the part and 64 behind it, one at a time.
bool RawOwner::pattern(bool write) {
    bool right = true;
    for (std::uint64_t i = 0; i < 128; ++i) {
        const std::uint64_t block = i < 64 ? i : part_first + part_count + i - 64;
        std::byte* const memory = frame_memory(frames_ + window_pages - 1);
        for (std::uint64_t at = 0; at < block_bytes(); ++at)
            memory[at] = write ? static_cast<std::byte>(octet_of(block, at)) : std::byte{0};
        const auto operation = write ? ExtentOperation::Write : ExtentOperation::Read;
        right = run(entry(operation, whole, block, 1, (window_pages - 1) * page_bytes)) == 0 && right;
        for (std::uint64_t at = 0; at < block_bytes() && !write; ++at)
            right = right && memory[at] == static_cast<std::byte>(octet_of(block, at));
    }
    return right;
}

bool RawOwner::pattern_is_whole() {
    return pattern(false);
}

} // namespace disk_tests
