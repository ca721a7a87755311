// See tenant.hpp.
#include "tests/extents/tenant.hpp"

#include "drivers/nvme/spec.hpp"

#include <algorithm>
#include <cstring>

using namespace exo;

namespace extents {

namespace {

constexpr std::uint64_t patience_us = 10'000'000;
constexpr std::uint64_t ring_event = 40;

// Gives the call again while it says so.
template <typename Call>
CallResult persist(Call&& call) {
    CallResult result(0);
    (void)lab::until([&] { return !(result = call()).is(Error::Again); }, patience_us);
    return result;
}

} // namespace

Handle part(unsigned number, Rights rights) {
    REQUIRE(lab::start().extent_count == 1);
    const Handle whole = lab::start().extents[0].handle;
    CapabilityInfo about;
    REQUIRE(sys::inspect(whole, &about).ok());
    const CallResult made = sys::derive(whole, Kind::Extent, rights, about.first + number * part_blocks, part_blocks);
    REQUIRE_MESSAGE(made.ok(), lab::outcome(made));
    return made.value();
}

CallResult drop(Handle capability) {
    return persist([=] { return sys::drop(capability); });
}

CallResult bind_ring(Handle environment, Handle extent, const ExtentRingSpec& spec, std::uint64_t vcore) {
    const auto spec_at = reinterpret_cast<std::uint64_t>(&spec); // Safe: only the address crosses.
    return lab::bind(environment, {BindKind::ExtentRing, 0, extent, spec_at, vcore << 8 | ring_event, 0, 0});
}

CallResult bind_window(Handle environment, Handle extent, std::uint64_t page, std::uint64_t frame, Handle frames) {
    return lab::bind(environment,
                     {BindKind::ExtentWindow, right::Read | right::Write, extent, page * page_bytes, frame, 1, frames});
}

Tenant::Tenant(Handle part, const TenantOptions& options)
    : child_(options.child), environment_(child_ ? child_->environment() : self), part_(part),
      theirs_(child_ ? child_->grant(part) : part), own_capabilities_(options.own_capabilities) {
    ring_frame_ = child_ ? child_->first_frame() + child_frames_at : lab::take(extent_ring_pages, 2);
    data_frame_ = child_ ? ring_frame_ + extent_ring_pages : lab::take(window_pages);
    completions_address_ = child_ ? child_completions_at : lab::place(1);
    REQUIRE(ring_frame_ != 0);
    REQUIRE(data_frame_ != 0);
    REQUIRE(completions_address_ != 0);
    ring_frames_ = data_frames_ = child_ ? child_->frames() : lab::frames();
    if (own_capabilities_) {
        const Rights rights = right::Read | right::Write | right::Dma;
        ring_frames_ = sys::derive(lab::frames(), Kind::Frames, rights, ring_frame_, extent_ring_pages).value();
        data_frames_ = sys::derive(lab::frames(), Kind::Frames, rights, data_frame_, window_pages).value();
    }
    std::byte* const ring = lab::map(ring_frame_, extent_ring_pages);
    std::byte* const data = lab::map(data_frame_, window_pages);
    REQUIRE(ring != nullptr);
    REQUIRE(data != nullptr);
    ring_ = reinterpret_cast<ExtentRing*>(ring); // Safe: frames of that shape from now on.
    data_ = reinterpret_cast<char*>(data);       // Safe: octets.
    bound_ = bind();
}

Tenant::~Tenant() {
    if (child_)
        (void)child_->destroy();
    else if (bound_.ok())
        (void)persist([this] { return unbind(); });
    for (const Handle joined : joined_)
        (void)drop(joined);
    (void)drop(part_);
}

CallResult Tenant::bind() {
    const CallResult ring = bind_ring(environment_, theirs_, {ring_frames_, ring_frame_, completions_address_});
    if (!ring.ok())
        return ring;
    head_ = ring_->completion_head;
    phase_ = ring_->completion_phase;
    given_ = 0;
    ended_ = 0;
    return lab::bind(environment_, {BindKind::ExtentWindow, right::Read | right::Write, theirs_, 0, data_frame_,
                                    window_pages, data_frames_});
}

CallResult Tenant::unbind() {
    return lab::unbind(environment_, {BindKind::ExtentRing, 0, theirs_, 0, 0, 0, 0});
}

CallResult Tenant::join(std::uint16_t number, Handle part) {
    joined_.push_back(part);
    return lab::bind(environment_, {BindKind::ExtentRing, 0, part, 0, 0, number, theirs_});
}

ExtentEntry Tenant::entry(ExtentOperation operation, std::uint64_t block, std::uint32_t page, std::uint16_t extent) {
    ExtentEntry made{};
    made.operation = operation;
    made.tag = next_tag_;
    next_tag_ = static_cast<std::uint16_t>((next_tag_ + 1) % extent_tags);
    made.extent = extent;
    made.block = block;
    made.blocks = page_blocks;
    made.offset = static_cast<std::uint32_t>(page * page_bytes);
    return made;
}

void Tenant::put(const ExtentEntry& entry) {
    ring_->entries[given_++ % extent_queue_entries] = entry;
    ended_ &= ~(1ull << entry.tag);
}

void Tenant::publish(std::uint32_t ahead) {
    __atomic_store_n(&ring_->given, given_ + ahead, __ATOMIC_RELEASE);
}

CallResult Tenant::submit() {
    publish();
    return sys::submit(part_, 0);
}

unsigned Tenant::ended() {
    // Safe: the controller's completions, mapped there read only.
    const auto* completions = reinterpret_cast<const volatile nvme::CompletionEntry*>(completions_address_);
    unsigned count = 0;
    for (;; ++count) {
        const std::uint64_t rest = completions[head_].rest;
        if ((rest >> nvme::completion::phase_shift & 1) != phase_)
            return count;
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
}

int Tenant::run(const ExtentEntry& entry) {
    put(entry);
    if (!submit().ok())
        return -1;
    const bool over = lab::until(
        [&] {
            // Given again, since it may have had to wait for its turn.
            (void)submit();
            (void)ended();
            return (ended_ >> entry.tag & 1) != 0 || (ring_->taken == given_ && last_refusal() != ExtentRefusal::None);
        },
        patience_us);
    return over && (ended_ >> entry.tag & 1) != 0 ? status_[entry.tag] : -1;
}

ExtentRefusal Tenant::last_refusal() const {
    return ring_->refusal[(ring_->taken - 1) % extent_queue_entries];
}

bool Tenant::settle() {
    return lab::until(
        [this] {
            const bool called = submit().ok();
            (void)ended();
            return called && ring_->taken == given_ && ring_->out == 0;
        },
        patience_us);
}

int Tenant::look(std::uint64_t block, std::uint16_t extent) {
    constexpr std::uint32_t page = window_pages - 1;
    fill(page, 1, '?');
    if (run(entry(ExtentOperation::Read, block, page, extent)) != 0)
        return -1;
    const char octet = data_[page * page_bytes];
    return holds(page, 1, octet) ? octet : -1;
}

void Tenant::fill(std::uint32_t page, std::uint32_t count, char octet) {
    memset(data_ + page * page_bytes, octet, count * page_bytes);
}

bool Tenant::holds(std::uint32_t page, std::uint32_t count, char octet) const {
    const char* const begin = data_ + page * page_bytes;
    return std::all_of(begin, begin + count * page_bytes, [octet](char found) { return found == octet; });
}

} // namespace extents
