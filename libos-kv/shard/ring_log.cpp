// See ring_log.hpp.
#include "libos-kv/shard/ring_log.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t ahead_octets = 256 * 1024; // of room that is wished for before it is needed

constexpr std::uint64_t whole_units(std::uint64_t octets) {
    return (octets + unit_length_octets - 1) / unit_length_octets * unit_length_octets;
}

} // namespace

RingLog::RingLog(LogLine& line, std::uint64_t beginning, std::uint64_t position, Pause pause)
    : line_(line), pause_(pause), beginning_(beginning), position_(position), commit_to_(position), wished_(position),
      durable_(position) {}

// Whether so many octets more were granted, and the end of a unit behind them.
bool RingLog::has_room(std::uint64_t octets) {
    const std::uint64_t end = whole_units(position_ + octets);
    if (end + ahead_octets / 2 > wished_) {
        wished_ = end + ahead_octets;
        line_.wished.store(wished_, std::memory_order_release);
    }
    while (end > line_.granted.load(std::memory_order_acquire)) {
        if (has_failed())
            return false;
        if (line_.heard.load(std::memory_order_acquire) >= end) // pairs with the writer's: it granted first
            return end <= line_.granted.load(std::memory_order_acquire);
        wait();
    }
    return !has_failed();
}

void RingLog::send(MessageKind kind, std::uint8_t flags, std::string_view octets) {
    while (!line_.units.push({kind, flags}, octets))
        wait();
}

bool RingLog::append(std::span<char> unit) {
    const std::uint64_t length = unit.size() - unit_length_octets;
    is_full_ = !has_room(unit.size());
    if (is_full_)
        return false;
    if (unit.size() > message_octets_max)
        return begin_long() && add_long({unit.data() + unit_length_octets, length}) && end_long();
    copy_bytes(unit.data(), &length, sizeof length);
    send(MessageKind::Unit, message_flag::last | message_flag::first, {unit.data(), unit.size()});
    position_ = whole_units(position_ + unit.size());
    return true;
}

bool RingLog::begin_long() {
    long_begin_ = position_;
    is_full_ = !has_room(unit_length_octets);
    if (is_full_)
        return false;
    send(MessageKind::Unit, message_flag::first, {});
    position_ += unit_length_octets;
    return true;
}

bool RingLog::add_long(std::string_view octets) {
    while (!octets.empty()) {
        const std::string_view piece = octets.substr(0, message_octets_max);
        if (!has_room(piece.size()))
            return take_back();
        send(MessageKind::Unit, 0, piece);
        position_ += piece.size();
        octets.remove_prefix(piece.size());
    }
    return true;
}

bool RingLog::end_long() {
    send(MessageKind::Unit, message_flag::last, {});
    position_ = whole_units(position_);
    return true;
}

// The unit that was begun is none.
bool RingLog::take_back() {
    send(MessageKind::Abandon, 0, {});
    position_ = long_begin_;
    is_full_ = true;
    return false;
}

bool RingLog::begin_at(std::uint64_t position) {
    std::string_view octets(reinterpret_cast<const char*>(&position), sizeof position); // Safe: octets of a number.
    send(MessageKind::BeginAt, 0, octets);
    beginning_ = position;
    is_full_ = false;
    return true;
}

std::uint64_t RingLog::room() const {
    const auto share = static_cast<std::int64_t>(line_.kept_free.load(std::memory_order_relaxed)) +
                       line_.spare.load(std::memory_order_relaxed);
    const std::uint64_t fair = share > 0 ? static_cast<std::uint64_t>(share) : 0;
    const std::uint64_t granted = line_.granted.load(std::memory_order_relaxed);
    const std::uint64_t sure =
        line_.free.load(std::memory_order_relaxed) + (granted > position_ ? granted - position_ : 0);
    return fair < sure ? fair : sure;
}

void RingLog::start_commit() {
    if (is_writing() || commit_to_ == position_)
        return;
    commit_to_ = position_;
    line_.commit_to.store(position_, std::memory_order_release); // behind the units in their ring
}

bool RingLog::commit() {
    const std::uint64_t end = position_;
    while (!has_failed() && durable_ < end) {
        start_commit();
        wait();
        poll();
    }
    return !has_failed();
}

LogState RingLog::state() const {
    return has_failed() ? LogState::Failed : is_full_ ? LogState::Full : LogState::Good;
}

} // namespace exo::kv
