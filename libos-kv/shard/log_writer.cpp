// See log_writer.hpp.
#include "libos-kv/shard/log_writer.hpp"

namespace exo::kv {

namespace {

// Of what the store says that it has room for, as much as is not promised: its index grows with what is on it.
constexpr std::uint64_t unpromised_octets = 512 * 1024;
constexpr std::uint64_t unpromised_part = 16;

// A line of the cache that says the same is left where it is.
template <typename T>
void set(std::atomic<T>& number, T value) {
    if (number.load(std::memory_order_relaxed) != value)
        number.store(value, std::memory_order_relaxed);
}

} // namespace

void LogWriter::add(LogLine& line, StoreLog& log) {
    const std::uint64_t position = log.position();
    line.durable.store(position, std::memory_order_relaxed);
    line.granted.store(position, std::memory_order_relaxed);
    Shard& shard = shards_.push(&line, &log);
    shard.end = shard.marked = position;
}

bool LogWriter::poll() {
    bool moved = false, commits = std::exchange(commit_is_due_, false);
    for (Shard& shard : shards_) {
        // Looked at before the units, so that those it speaks of are among them.
        const std::uint64_t commit_to = shard.line->commit_to.load(std::memory_order_acquire);
        moved |= take(shard);
        moved |= !has_failed_ && shard.log->drop_some();
        commits |= shard.mark_count != 0 && commit_to > shard.line->durable.load(std::memory_order_relaxed);
    }
    store::Store& store = journals_.store();
    if (commits)
        store.start_commit();
    if (store.is_writing())
        store.poll();
    if (store.problem() != store::Problem::None)
        fail();
    for (Shard& shard : shards_)
        moved |= tell_durable(shard);
    share_room();
    return moved;
}

bool LogWriter::is_active() const {
    for (const Shard& shard : shards_)
        if (!has_failed_ && (shard.mark_count != 0 || shard.line->commit_to.load(std::memory_order_relaxed) >
                                                          shard.line->durable.load(std::memory_order_relaxed)))
            return true;
    return false;
}

// Some of what a shard says, so that the others have their turn.
bool LogWriter::take(Shard& shard) {
    constexpr unsigned messages_max = 64;
    MessageHeader header;
    std::string_view octets;
    bool moved = false;
    for (unsigned count = 0; count < messages_max && shard.line->units.front(header, octets); count++) {
        if (!has_failed_)
            append(shard, header, octets);
        shard.line->units.pop(header);
        moved = true;
    }
    if (shard.has_begin && !has_failed_) {
        shard.has_begin = !shard.log->begin_at(shard.begin_at);
        commit_is_due_ |= !shard.has_begin;
    }
    if (moved)
        mark(shard);
    return moved;
}

// Room was granted: what is not taken now never will be.
void LogWriter::append(Shard& shard, const MessageHeader& header, std::string_view octets) {
    const bool is_first = (header.flags & message_flag::first) != 0, is_last = (header.flags & message_flag::last) != 0;
    bool is_taken = true;
    switch (header.kind) {
    case MessageKind::Unit:
        if (is_first && is_last) {
            // Safe: the ring's own octets, which are the reader's until `pop`.
            is_taken = shard.log->append({const_cast<char*>(octets.data()), octets.size()});
            break;
        }
        is_taken = (!is_first || shard.log->begin_long()) && shard.log->add_long(octets) &&
                   (!is_last || shard.log->end_long());
        break;
    case MessageKind::Abandon:
        shard.log->abandon_long();
        break;
    default: // BeginAt
        copy_bytes(&shard.begin_at, octets.data(), sizeof shard.begin_at);
        shard.has_begin = true;
    }
    if (!is_taken)
        fail();
    if (is_last || header.kind == MessageKind::Abandon)
        shard.end = shard.log->position();
}

void LogWriter::mark(Shard& shard) {
    (void)tell_durable(shard);
    if (shard.end == shard.marked)
        return;
    shard.marked = shard.end;
    const Mark mark{journals_.store().ticket(), shard.end};
    Mark* newest = shard.mark_count != 0 ? &shard.marks[shard.mark_count - 1] : nullptr;
    if (newest && (newest->ticket == mark.ticket || shard.mark_count == 2))
        *newest = mark;
    else
        shard.marks[shard.mark_count++] = mark;
}

bool LogWriter::tell_durable(Shard& shard) {
    bool told = false;
    while (shard.mark_count != 0 && !has_failed_ && journals_.store().is_durable(shard.marks[0].ticket)) {
        shard.line->durable.store(shard.marks[0].position, std::memory_order_release);
        shard.marks[0] = shard.marks[1];
        shard.mark_count--;
        told = true;
    }
    return told;
}

// What is granted and not used yet is promised. The rest is told to all, less what their snapshots need.
void LogWriter::share_room() {
    std::uint64_t room = shards_[0].log->room();
    std::uint64_t kept = unpromised_octets + room / unpromised_part;
    for (const Shard& shard : shards_)
        kept += shard.line->granted.load(std::memory_order_relaxed) - shard.log->position();
    room -= room < kept ? room : kept;
    auto spare = static_cast<std::int64_t>(room);
    for (const Shard& shard : shards_)
        spare -= static_cast<std::int64_t>(shard.line->kept_free.load(std::memory_order_relaxed));
    spare /= static_cast<std::int64_t>(shards_.size());
    for (Shard& shard : shards_) {
        grant(shard, room);
    }
    for (const Shard& shard : shards_) {
        set(shard.line->spare, spare);
        set(shard.line->free, room);
    }
}

void LogWriter::grant(Shard& shard, std::uint64_t& room) {
    LogLine& line = *shard.line;
    const std::uint64_t wished = line.wished.load(std::memory_order_acquire);
    const std::uint64_t granted = line.granted.load(std::memory_order_relaxed);
    if (wished > granted && room != 0) {
        const std::uint64_t octets = wished - granted < room ? wished - granted : room;
        room -= octets;
        line.granted.store(granted + octets, std::memory_order_release);
    }
    if (wished != line.heard.load(std::memory_order_relaxed))
        line.heard.store(wished, std::memory_order_release);
}

void LogWriter::fail() {
    if (has_failed_)
        return;
    has_failed_ = true;
    for (Shard& shard : shards_)
        shard.line->has_failed.store(true, std::memory_order_release);
}

} // namespace exo::kv
