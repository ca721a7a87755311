// When what was recorded becomes durable, and what waits for it. Interface: recorder.hpp.
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t batch_begin_us = 10'000;             // a batch is begun when its oldest change is that old
constexpr std::uint64_t batch_hold_us = batch_loss_ms * 900; // and nothing more is acknowledged when it is that old
constexpr std::uint64_t none_begin_us = 1'000'000;
constexpr std::uint64_t much_octets = 256 * 1024; // that are written in any case; what a snapshot stages at most
constexpr std::uint64_t room_to_grow = 1u << 20, room_at_all = 64 * 1024;

constexpr const char* full_text = "MISCONF Errors writing to the AOF file: No space left on device";
constexpr const char* failed_text = "MISCONF Errors writing to the AOF file: Input/output error";

} // namespace

const char* Recorder::refusal(std::size_t request_octets, bool grows) {
    if (log_.state() == LogState::Failed)
        return failed_text;
    const auto has_room = [&] {
        return log_.room() >= (grows ? snapshot_octets() + room_to_grow + 2 * request_octets : room_at_all);
    };
    // What is removed and not freed yet counts as what a snapshot would have to take.
    while (!has_room() && ((grows && server_.removed.step()) || log_.drop_some())) {
    }
    return lagging_ || !has_room() ? full_text : nullptr;
}

std::uint64_t Recorder::awaited() const {
    if (failed_ || durability_ == Durability::None)
        return 0;
    const std::uint64_t ticket = log_.ticket();
    if (log_.is_durable(ticket))
        return 0;
    if (durability_ == Durability::Always)
        return ticket;
    const std::uint64_t oldest_us = written_since_us_ ? written_since_us_ : open_since_us_;
    return oldest_us && server_.surroundings().monotonic_us() - oldest_us > batch_hold_us ? ticket : 0;
}

void Recorder::start_commit(std::uint64_t now_us) {
    const std::uint64_t age_us = open_since_us_ ? now_us - open_since_us_ : 0;
    const bool is_much = log_.position() - committed_position_ >= much_octets;
    switch (durability_) {
    case Durability::Always:
        if (!group_.is_due(now_us, server_.held_sessions()))
            return;
        group_.began(now_us);
        break;
    case Durability::Batch:
        if (age_us < batch_begin_us && !is_much)
            return;
        break;
    case Durability::None:
        if (age_us < none_begin_us && !is_much)
            return;
        break;
    }
    log_.start_commit();
    commits_++;
    written_since_us_ = open_since_us_;
    open_since_us_ = 0;
    committed_position_ = log_.position();
}

// The medium takes nothing any more. What was not acknowledged never will be.
void Recorder::fail() {
    failed_ = lagging_ = true;
    scanning_ = false;
    server_.medium_failed();
}

std::int64_t Recorder::turn() {
    const bool was_writing = log_.is_writing(), was_scanning = scanning_;
    const std::uint64_t commits = commits_, began_us = server_.surroundings().monotonic_us();
    const std::int64_t pause_ms = take_turn(began_us);
    if (was_scanning || scanning_ || is_dropping_)
        server_.end_turn(Work::Snapshot, began_us);
    else if (commits != commits_ || (was_writing && !log_.is_writing()))
        server_.end_turn(Work::Journal, began_us);
    return pause_ms;
}

std::int64_t Recorder::take_turn(std::uint64_t now_us) {
    constexpr std::int64_t soon = 0, seldom_ms = 10;
    if (failed_)
        return seldom_ms * 10;
    const bool was_writing = log_.is_writing();
    log_.poll();
    if (log_.state() == LogState::Failed) {
        fail();
        return soon;
    }
    const std::size_t released = server_.release_durable();
    if (!log_.is_writing()) {
        written_since_us_ = 0;
        if (was_writing)
            group_.ended(now_us, released, server_.held_sessions());
    }
    log_.keep_free(snapshot_octets());
    is_dropping_ = log_.drop_some();
    scan_some();
    const bool is_open = !log_.is_durable(log_.ticket());
    if (is_open && !log_.is_writing()) {
        if (open_since_us_ == 0)
            open_since_us_ = now_us;
        start_commit(now_us);
    } else if (is_open && open_since_us_ == 0 && log_.position() != committed_position_) {
        open_since_us_ = now_us;
    }
    const std::int64_t patience_ms = durability_ == Durability::None ? seldom_ms * 10 : 1; // for a batch to be begun
    return log_.is_writing() || scanning_ || is_dropping_ || (is_open && durability_ == Durability::Always) ? soon
           : is_open ? patience_ms
                     : seldom_ms;
}

} // namespace exo::kv
