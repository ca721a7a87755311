// See extent_disk.hpp. The data path; opening, and memory, are in extent_start.cpp.
#include "libos/block/extent_disk.hpp"

#include "drivers/nvme/spec.hpp"
#include "drivers/register-access/barriers.hpp"
#include "libos/block/nvme_status.hpp"
#include "libos/time/clock.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo::block {

namespace {

Status status_of(ExtentRefusal refusal) {
    return refusal == ExtentRefusal::OutOfRange ? Status::OutOfRange : Status::Refused;
}

constexpr ExtentOperation operation_of(Operation operation) {
    switch (operation) {
    case Operation::Read:
        return ExtentOperation::Read;
    case Operation::Write:
        return ExtentOperation::Write;
    case Operation::Flush:
        return ExtentOperation::Flush;
    case Operation::Trim:
        return ExtentOperation::Trim;
    }
    return ExtentOperation::Flush;
}

} // namespace

const ExtentDisk::Run* ExtentDisk::run_of(std::uint64_t physical, std::uint64_t bytes) {
    // Most commands use the memory that the one before used.
    for (std::size_t looked = 0; looked < runs_max; ++looked) {
        const Run& run = runs_[last_run_];
        if (run.allowances != 0 && physical - run.physical < run.bytes &&
            bytes <= run.bytes - (physical - run.physical))
            return &run;
        last_run_ = (last_run_ + 1) % runs_max;
    }
    return nullptr;
}

std::uint64_t ExtentDisk::place_of(const Piece& piece) {
    const Run* const run = run_of(piece.device_address, piece.bytes);
    return run ? run->page * page_bytes + (piece.device_address - run->physical) : no_place;
}

Status ExtentDisk::check(const Command& command) const {
    if (command.operation == Operation::Flush)
        return Status::Done;
    if (command.block_count == 0)
        return Status::Refused;
    if (command.first_block >= block_count_ || command.block_count > block_count_ - command.first_block)
        return Status::OutOfRange;
    if (command.operation == Operation::Trim)
        return offers(disk_offer::trim) ? Status::Done : Status::Refused;
    const std::uint64_t bytes = std::uint64_t{command.block_count} << block_shift_;
    if (bytes > transfer_bytes_max_ || command.more_count >= pieces_max_)
        return Status::Refused;
    std::uint64_t held = command.piece.bytes;
    for (std::uint16_t index = 0; index < command.more_count; ++index)
        held += command.more[index].bytes;
    const bool durable = (command.flags & command_flag::force_unit_access) != 0;
    return held == bytes && command.piece.device_address % 4 == 0 && (may_flush_ || !durable) ? Status::Done
                                                                                              : Status::Refused;
}

// Where the data of a command are. False when they are not all in the window, or not in pages.
bool ExtentDisk::describe(const Command& command, ExtentEntry& entry) {
    const std::uint64_t first = place_of(command.piece);
    if (first == no_place)
        return false;
    entry.offset = static_cast<std::uint32_t>(first);
    if (command.more_count == 0)
        return true;
    entry.flags |= extent_flag::listed;
    std::uint16_t* const list = lists_[entry.tag];
    std::size_t listed = 0;
    auto add = [&](std::uint64_t from, std::uint64_t end) {
        for (; from < end && listed < extent_pages_listed; from += page_bytes)
            list[listed++] = static_cast<std::uint16_t>(from / page_bytes);
        return from >= end;
    };
    if ((first + command.piece.bytes) % page_bytes != 0 ||
        !add(first / page_bytes * page_bytes + page_bytes, first + command.piece.bytes))
        return false;
    for (std::uint16_t index = 0; index < command.more_count; ++index) {
        const Piece& piece = command.more[index];
        const std::uint64_t place = place_of(piece);
        const bool last = index + 1 == command.more_count;
        if (place == no_place || place % page_bytes != 0 || (!last && piece.bytes % page_bytes != 0) ||
            !add(place, place + piece.bytes))
            return false;
    }
    return true;
}

// There is room: no tag has more than one entry in the ring.
void ExtentDisk::put(const ExtentEntry& entry) {
    ring_->entries[given_ % extent_queue_entries] = entry;
    tags_[given_ % extent_queue_entries] = entry.tag;
    ++given_;
}

void ExtentDisk::give() {
    __atomic_store_n(&ring_->given, given_, __ATOMIC_RELEASE);
    const CallResult taken = sys::submit(extent_, 0);
    // Not bound: the ring is on its way back, and is gone soon.
    if (!taken.ok() && ring_->gone == 0 && !taken.is(Error::NotBound))
        problem_ = "the kernel takes no more commands for the extent";
}

std::size_t ExtentDisk::submit(std::span<const Command> commands) {
    std::size_t taken = 0;
    const std::uint32_t before = given_;
    for (const Command& command : commands) {
        if (free_count_ == 0)
            break;
        const std::uint16_t tag = free_[--free_count_];
        ++taken;
        Flight& flight = flights_[tag];
        flight = {.tag = command.tag,
                  .entry = {},
                  .bytes = static_cast<std::uint32_t>(std::uint64_t{command.block_count} << block_shift_),
                  .operation = command.operation,
                  .under_way = true,
                  .durable =
                      command.operation == Operation::Write && (command.flags & command_flag::force_unit_access) != 0};
        ExtentEntry& entry = flight.entry;
        entry.operation = operation_of(command.operation);
        entry.tag = tag;
        Status status = problem_ ? Status::Gone : check(command);
        if (status == Status::Done && command.operation != Operation::Flush) {
            entry.blocks = command.block_count;
            entry.block = command.first_block;
            if (command.operation != Operation::Trim && !describe(command, entry))
                status = Status::Refused;
        }
        if (status != Status::Done) [[unlikely]] {
            end_early(tag, status);
            continue;
        }
        flight.lives = 1;
        put(entry);
    }
    if (given_ != before)
        give();
    return taken;
}

void ExtentDisk::end_early(std::uint16_t tag, Status status) {
    flights_[tag].lives = 0;
    early_tags_[early_] = tag;
    early_status_[early_++] = status;
}

Completion ExtentDisk::end(std::uint16_t tag, Status status) {
    Flight& flight = flights_[tag];
    flight.under_way = false;
    free_[free_count_++] = tag;
    if (status != Status::Done) {
        ++counters_.failed;
    } else if (flight.operation == Operation::Read) {
        ++counters_.reads;
        counters_.read_bytes += flight.bytes;
    } else if (flight.operation == Operation::Write) {
        ++counters_.writes;
        counters_.written_bytes += flight.bytes;
    } else {
        ++(flight.operation == Operation::Flush ? counters_.flushes : counters_.trims);
    }
    return {flight.tag, status};
}

std::size_t ExtentDisk::take_completions(std::span<Completion> into) {
    std::size_t count = 0;
    const std::uint32_t before = given_;
    while (count < into.size()) {
        const std::uint64_t rest = load_shared(completions_[head_].rest);
        if ((rest >> nvme::completion::phase_shift & 1) != phase_)
            break;
        after_completion();
        // Where the completions of a pair that is no more were, there is a page of zeroes, which may look like news.
        // The kernel unmaps first and says so then; and whoever is given that page meanwhile waits for the kernel.
        if (__atomic_load_n(&ring_->gone, __ATOMIC_ACQUIRE) != 0) [[unlikely]]
            break;
        if (++head_ == extent_completions) {
            head_ = 0;
            phase_ ^= 1;
        }
        const auto tag = static_cast<std::uint16_t>(rest >> nvme::completion::identifier_shift);
        if (tag >= extent_tags || !flights_[tag].under_way)
            continue;
        const Status status = block::status_of(static_cast<std::uint16_t>(rest >> nvme::completion::status_shift));
        // Not every controller heeds FUA (QEMU's does not): a durable write ends with a flush behind it.
        if (Flight& flight = flights_[tag]; flight.durable && !flight.flushes && status == Status::Done) [[unlikely]] {
            flight.flushes = true;
            ExtentEntry flush{};
            flush.operation = ExtentOperation::Flush;
            flush.tag = tag;
            put(flush);
            continue;
        }
        into[count++] = end(tag, status);
    }
    if (given_ != before) [[unlikely]]
        give();
    return count;
}

std::size_t ExtentDisk::take_refusals(std::span<Completion> into) {
    std::size_t count = 0;
    for (; early_ != 0 && count < into.size(); --early_)
        into[count++] = end(early_tags_[early_ - 1], early_status_[early_ - 1]);
    const std::uint32_t taken = __atomic_load_n(&ring_->taken, __ATOMIC_ACQUIRE);
    if (ring_->refused == refused_) {
        looked_ = taken;
        return count;
    }
    for (; looked_ != taken && count < into.size(); ++looked_) {
        const std::size_t place = looked_ % extent_queue_entries;
        if (const ExtentRefusal refusal = ring_->refusal[place]; refusal != ExtentRefusal::None) {
            into[count++] = end(tags_[place], status_of(refusal));
            ++refused_;
        }
    }
    return count;
}

std::size_t ExtentDisk::end_all(std::span<Completion> into) {
    std::size_t count = 0;
    for (std::uint16_t tag = 0; tag < extent_tags && count < into.size(); ++tag)
        if (flights_[tag].under_way)
            into[count++] = end(tag, Status::Gone);
    return count;
}

std::size_t ExtentDisk::poll(std::span<Completion> into) {
    std::size_t count = take_completions(into);
    if (early_ != 0 || looked_ != ring_->taken) [[unlikely]]
        count += take_refusals(into.subspan(count));
    // What waits for its turn goes on when something of ours has ended.
    if (count != 0 && ring_->taken != given_ && !problem_) [[unlikely]]
        give();
    if ((ring_->gone != 0 || problem_) && count == 0) [[unlikely]] {
        if (!problem_)
            bind_anew();
        if (problem_ && early_ == 0)
            count = end_all(into);
    }
    if (tsc() >= next_look_) [[unlikely]]
        look();
    return count;
}

bool ExtentDisk::has_news() const {
    return (load_shared(completions_[head_].rest) >> nvme::completion::phase_shift & 1) == phase_;
}

void ExtentDisk::sleep(std::uint64_t deadline_tsc) {
    const std::uint64_t until = deadline_tsc ? deadline_tsc : no_deadline;
    // Nothing says when a ring can be bound anew.
    if (ring_->gone != 0 && !problem_) {
        (void)waiter_.wait(std::min(until, deadline_in_ns(1'000'000)));
        return;
    }
    // One interrupt comes an arming. It may belong to a command that was polled long ago.
    while (free_count_ + early_ != extent_tags && early_ == 0 && looked_ == ring_->taken && ring_->gone == 0 &&
           !problem_) {
        if (has_news() || (!armed_ && !sys::submit(extent_, extent_submit::sleep).ok()))
            return;
        armed_ = true;
        if (has_news())
            return;
        if (waiter_.wait(std::min(until, next_look_))) {
            armed_ = false;
            continue;
        }
        if (tsc() >= until)
            return;
        look();
    }
}

} // namespace exo::block
