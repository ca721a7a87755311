// Appending to the journal. Reading it: store_log_read.cpp. Interface: store_log.hpp.
#include "libos-kv/journal/journals.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t page_bytes = store::page_bytes;

constexpr std::uint64_t whole_units(std::uint64_t octets) {
    return (octets + unit_length_octets - 1) / unit_length_octets * unit_length_octets;
}

} // namespace

StoreLog::StoreLog(Journals& journals, std::uint64_t object)
    : journals_(journals), store_(journals.store_), object_(object) {}

LogState StoreLog::state() const {
    if (store_.problem() != store::Problem::None || !store_.is_writable())
        return LogState::Failed;
    return full_ ? LogState::Full : LogState::Good;
}

std::uint64_t StoreLog::room() const {
    const std::uint64_t most = store_.pages_capacity(), used = store_.pages_used();
    return most > used ? (most - used) * page_bytes : 0;
}

// Room in one batch for so many octets more at the end.
store::Status StoreLog::reserve_pages(std::size_t octets) {
    const std::uint64_t within = position_ % page_bytes;
    const auto pages = static_cast<std::uint32_t>((within + octets + page_bytes - 1) / page_bytes);
    return store_.reserve(0, pages, within ? pages - 1 : pages);
}

// Room was reserved. What is behind the end of the journal in its last page is zero.
store::Status StoreLog::put(std::string_view octets) {
    while (!octets.empty()) {
        const std::uint64_t within = position_ % page_bytes;
        const std::size_t count = octets.size() < page_bytes - within ? octets.size() : page_bytes - within;
        const auto page =
            store_.change_page(object_, position_ / page_bytes, within ? store::Fill::Keep : store::Fill::Nothing);
        if (!page)
            return store::fail(page.error());
        copy_bytes(*page + within, octets.data(), count);
        if (within == 0)
            fill_bytes(*page + count, 0, page_bytes - count);
        position_ += count;
        octets.remove_prefix(count);
    }
    return {};
}

store::Status StoreLog::put_length(std::uint64_t at, std::uint64_t length) {
    const auto page = store_.change_page(object_, at / page_bytes, store::Fill::Keep);
    if (!page)
        return store::fail(page.error());
    copy_bytes(*page + at % page_bytes, &length, sizeof length);
    return {};
}

// Takes away what is behind the end, of a unit that could not be appended or never became whole.
bool StoreLog::tidy() {
    if (!untidy_)
        return true;
    if (!store_.reserve(store::record_room(sizeof(store::DropRecord)), 1, 0))
        return false;
    const std::uint64_t within = position_ % page_bytes;
    if (within != 0) {
        const auto page = store_.change_page(object_, position_ / page_bytes, store::Fill::Keep);
        if (!page)
            return false;
        fill_bytes(*page + within, 0, page_bytes - within);
    }
    store_.drop_pages(object_, (position_ + page_bytes - 1) / page_bytes, ~0ull);
    untidy_ = false;
    return true;
}

// What follows from how appending to the unit that began at `begin` went.
bool StoreLog::outcome(const store::Status& status, std::uint64_t begin) {
    full_ = !status;
    if (status)
        return true;
    untidy_ |= position_ != begin;
    position_ = begin;
    (void)tidy(); // or later
    return false;
}

bool StoreLog::append(std::span<char> unit) {
    const std::uint64_t begin = position_, length = unit.size() - unit_length_octets;
    if (!tidy())
        return false;
    copy_bytes(unit.data(), &length, sizeof length);
    store::Status status = reserve_pages(unit.size());
    if (status)
        status = put({unit.data(), unit.size()});
    if (status)
        position_ = whole_units(position_);
    return outcome(status, begin);
}

bool StoreLog::begin_long() {
    long_begin_ = position_;
    constexpr char no_length[unit_length_octets] = {};
    if (!tidy())
        return false;
    store::Status status = reserve_pages(sizeof no_length);
    if (status)
        status = put({no_length, sizeof no_length});
    return outcome(status, long_begin_);
}

bool StoreLog::add_long(std::string_view octets) {
    store::Status status;
    while (status && !octets.empty()) {
        const std::string_view piece = octets.substr(0, short_octets_max);
        status = reserve_pages(piece.size());
        if (status)
            status = put(piece);
        octets.remove_prefix(piece.size());
    }
    return outcome(status, long_begin_);
}

bool StoreLog::end_long() {
    const std::uint64_t length = position_ - long_begin_ - unit_length_octets;
    store::Status status = store_.reserve(0, 1, 0);
    if (status)
        status = put_length(long_begin_, length);
    if (status)
        position_ = whole_units(position_);
    return outcome(status, long_begin_);
}

std::uint64_t StoreLog::stored_octets() const {
    return store_.page_count(object_) * page_bytes;
}

void StoreLog::abandon_long() {
    (void)outcome(store::fail(store::Problem::NoSpace), long_begin_);
    full_ = false;
}

bool StoreLog::begin_at(std::uint64_t position) {
    full_ = false;
    if (position == beginning_)
        return true;
    if (!store_.reserve(store::record_room(sizeof(BeginningRecord)), 0))
        return false;
    beginning_ = position;
    const BeginningRecord record = journals_.record_of(*this);
    store_.add_record({reinterpret_cast<const std::byte*>(&record), sizeof record}); // Safe: plain data of the format.
    return true;
}

bool StoreLog::drop_some() {
    constexpr std::uint64_t pages_at_once = 256;
    if (dropped_to_ == beginning_ / page_bytes || !store_.reserve(store::record_room(sizeof(store::DropRecord)), 0))
        return false;
    if (store_.drop_first_pages(object_, beginning_ / page_bytes - 1, pages_at_once))
        return true;
    dropped_to_ = beginning_ / page_bytes;
    return false;
}

} // namespace exo::kv
