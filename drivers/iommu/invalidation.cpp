// The invalidation queue: one request, one wait descriptor, one bounded wait (VT-d 6.5.2).
// Waits are numbered, so one that comes late is not taken for a later one.
#include "drivers/iommu/unit.hpp"

namespace exo::iommu {

namespace {

constexpr std::uint32_t queue_entries = page_bytes / sizeof(Descriptor);
constexpr std::uint64_t invalidation_timeout_us = 100'000;
constexpr std::uint32_t queue_errors = fault::queue_error | fault::completion_error | fault::time_out_error;

} // namespace

void Unit::write_back(const void* bytes, std::uint64_t count) const {
    if ((extended_ & ecap::coherent) == 0) {
        memory_.write_back(bytes, count);
    }
    __atomic_thread_fence(__ATOMIC_RELEASE); // entries are complete before what makes hardware look at them
}

// Some chipsets hold writes to tables in a buffer of their own (VT-d 6.8).
Status Unit::before_invalidation() {
    if ((capability_ & cap::write_buffer_flush) == 0) {
        return {};
    }
    const std::uint32_t states = registers_.read32(reg::global_status) & global::states;
    registers_.write32(reg::global_command, states | global::flush_write_buffer);
    const bool flushed = poll_until(clock_, invalidation_timeout_us, [&] {
        return (registers_.read32(reg::global_status) & global::flush_write_buffer) == 0;
    });
    return flushed ? Status{} : std::unexpected(Error::TimedOut);
}

Status Unit::submit(const Descriptor& request) {
    if (Status ready = before_invalidation(); !ready) {
        return ready;
    }
    // Requests that timed out stay in the queue; it must not overrun them.
    const auto head = static_cast<std::uint32_t>(registers_.read64(reg::queue_head) >> queue_position_shift);
    const std::uint32_t used = (queue_tail_ - head) % queue_entries;
    if (used + 2 >= queue_entries) {
        return std::unexpected(Error::TimedOut);
    }
    const std::uint32_t number = ++last_wait_;
    queue_[queue_tail_] = request;
    queue_[(queue_tail_ + 1) % queue_entries] = descriptor::wait(done_physical_, number);
    write_back(queue_, page_bytes);
    queue_tail_ = (queue_tail_ + 2) % queue_entries;
    registers_.write64(reg::queue_tail, static_cast<std::uint64_t>(queue_tail_) << queue_position_shift);
    bool failed = false;
    const bool ended = poll_until(clock_, invalidation_timeout_us, [&] {
        failed = (registers_.read32(reg::fault_status) & queue_errors) != 0;
        return *done_ == number || failed; // Safe: volatile, because hardware writes it
    });
    if (failed) {
        registers_.write32(reg::fault_status, queue_errors); // lets the queue go on
    }
    return ended && *done_ == number ? Status{} : std::unexpected(Error::TimedOut);
}

std::uint64_t Unit::drain() const {
    return ((capability_ & cap::drain_writes) != 0 ? descriptor::drain_writes : 0) |
           ((capability_ & cap::drain_reads) != 0 ? descriptor::drain_reads : 0);
}

Status Unit::flush_domain(std::uint16_t domain) {
    return submit(descriptor::domain_pages(domain, drain()));
}

// Units do not remember that something was absent, unless they say they do (caching mode, VT-d 6.1).
Status Unit::note_additions(std::uint16_t domain) {
    if ((capability_ & cap::caching_mode) != 0) {
        return flush_domain(domain);
    }
    return before_invalidation();
}

} // namespace exo::iommu
