// Group commit: what was staged while one batch was being written becomes the next. A batch is begun only when the one
// before is on the medium, so a whole batch on disk proves that those before it were.
#include "libos/store/store.hpp"

namespace exo::store {

Status Store::place_open_batch(std::uint32_t disk_bytes) {
    if (log_.sector + disk_bytes / sector_bytes <= geometry_.segment_end_sector(log_.segment))
        return {};
    const std::uint32_t next = segments_.take(durable_, SegmentState::Log);
    if (next == segments_.count())
        return give_up(Problem::NoSpace);
    log_.enter_next_segment(geometry_);
    log_.next_segment = next;
    segments_[log_.segment].sequence = log_.segment_sequence;
    maintenance_due_ = true;
    return {};
}

// What a sealed batch holds lies there from now on.
void Store::place_pages(const Batch& batch) {
    for (std::uint32_t i = 0; i < batch.page_count(); i++) {
        Page& page = batch.page(i);
        *find_object(page.object)->pages.find(page.index) = {batch.page_sector(i), batch.checksum(i)};
        cache_.set_state(page, PageState::Writing);
    }
    if (batch.page_count())
        segments_.add_live(batch.page_sector(0), batch.page_count());
    staged_pages_ -= batch.page_count();
}

void Store::start_commit() {
    if (stage_ != Stage::Idle || open_batch().empty() || problem_ != Problem::None)
        return;
    Batch& batch = open_batch();
    keeper_.settle();
    batch.end_promise();
    const std::uint32_t bytes = batch.disk_bytes(geometry_);
    if (!place_open_batch(bytes))
        return;
    batch.seal(geometry_, {log_.sector, log_.segment_sequence, log_.next_segment, BatchKind::Log});
    batch.streams().empty() ? place_pages(batch) : place_streams(batch);
    const bool one_command = disk_.offers(block::disk_offer::force_unit_access) &&
                             disk_.offers(block::disk_offer::volatile_cache) && disk_.commands_of(batch.pieces()) == 1;
    transfer_ = {};
    stage_ = one_command || !disk_.offers(block::disk_offer::volatile_cache) ? Stage::Flushing : Stage::Writing;
    disk_.start(block::Operation::Write, one_command ? block::command_flag::force_unit_access : std::uint8_t{0},
                log_.sector * sector_bytes, batch.pieces(), transfer_);
    counters_.commits++;
    counters_.commit_bytes += bytes;
    log_bytes_ += bytes;
    log_.sector += bytes / sector_bytes;
    log_.sequence++;
    open_ = 1 - open_;
    begin_open_batch();
}

// What follows from the completions that have come.
void Store::advance() {
    if (stage_ == Stage::Idle || !transfer_.done())
        return;
    if (transfer_.failed && !disk_.finish_write(transfer_)) {
        stage_ = Stage::Idle; // its pages stay as they are, for reading
        (void)give_up(Problem::DeviceFailed);
        return;
    }
    if (stage_ == Stage::Writing) {
        stage_ = Stage::Flushing;
        transfer_ = {};
        disk_.start_flush(transfer_);
        return;
    }
    Batch& batch = other_batch();
    for (std::uint32_t i = 0; i < batch.page_count(); i++)
        cache_.set_state(batch.page(i), PageState::Clean);
    durable_ = batch.sequence();
    stage_ = Stage::Idle;
}

void Store::poll() {
    disk_.poll();
    advance();
}

Status Store::finish_writing() {
    while (stage_ != Stage::Idle) {
        (void)disk_.finish(transfer_); // advance sees whether it failed
        advance();
    }
    if (problem_ != Problem::None)
        return fail(problem_);
    return {};
}

Status Store::commit() {
    if (!writable_)
        return {};
    for (const std::uint64_t target = ticket(); !is_durable(target);) {
        if (problem_ != Problem::None)
            return fail(problem_);
        start_commit();
        if (const Status finished = finish_writing(); !finished)
            return finished;
    }
    return {};
}

} // namespace exo::store
