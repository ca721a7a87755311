// What the program in the machine and the judge on the host agree on: numbered records, pages that go with some of
// them, and the mark behind the store that says how many are acknowledged. Freestanding.
#pragma once

#include "libos/store/store.hpp"

#include <cstring>

namespace power_cuts {

namespace store = exo::store;

inline constexpr std::uint64_t disk_bytes = 24u << 20, store_bytes = disk_bytes - (1u << 20);
inline constexpr std::uint64_t log_bytes_max = 2u << 20; // so that a story has checkpoints

// At octet store_bytes of the disk, written when so many records were acknowledged: its place in the record of writes
// is the moment of the acknowledgement.
struct Mark {
    static constexpr std::uint64_t magic = 0x6b72'616d'2d63'6b61;
    std::uint64_t says = magic;
    std::uint64_t records = 0;
};

constexpr std::uint64_t mixed(std::uint64_t number) {
    number = (number ^ number >> 31) * 0x9e37'79b9'7f4a'7c15;
    return (number ^ number >> 29) * 0xbf58'476d'1ce4'e5b9;
}
inline void fill(std::byte* place, std::size_t bytes, std::uint64_t number) {
    for (std::size_t at = 0; at < bytes; at += 8) {
        const std::uint64_t word = at == 0 ? number : mixed(number + at);
        std::memcpy(place + at, &word, 8);
    }
}
inline bool holds(const std::byte* place, std::size_t bytes, std::uint64_t number) {
    for (std::size_t at = 0; at < bytes; at += 8) {
        const std::uint64_t word = at == 0 ? number : mixed(number + at);
        if (std::memcmp(place + at, &word, 8) != 0)
            return false;
    }
    return true;
}

inline constexpr std::uint32_t record_bytes = 256;
inline constexpr std::uint64_t page_object = 1, page_count = 64, page_every = 8;
// Each record of these numbers changes a page as well.
constexpr bool has_page(std::uint64_t number) {
    return number % page_every == 0;
}
constexpr std::uint64_t page_of(std::uint64_t number) {
    return number / page_every % page_count;
}
// The number that a page was filled with last, when `records` were added; 0: never.
constexpr std::uint64_t last_of_page(std::uint64_t page, std::uint64_t records) {
    const std::uint64_t turns = records / page_every; // the last one's number is turns * page_every
    const std::uint64_t back = (turns + page_count - page) % page_count;
    return turns <= back ? 0 : (turns - back) * page_every;
}

// Records 1, 2, 3, ... and no others.
class Numbered final : public store::Keeper {
public:
    bool replay(std::span<const std::byte> record) override {
        if (record.size() != record_bytes || !holds(record.data(), record_bytes, count + 1))
            return false;
        ++count;
        return true;
    }
    void snapshot(store::RecordSink& sink) override {
        std::byte record[record_bytes];
        for (std::uint64_t number = 1; number <= count; ++number) {
            fill(record, record_bytes, number);
            if (!sink.add(record))
                return;
        }
    }
    std::uint64_t snapshot_bytes() const override { return count * store::record_room(record_bytes); }

    std::uint64_t count = 0;
};

// Null, or what is wrong with the pages of a store that holds `records`.
inline const char* wrong_pages(store::Store& disk, std::uint64_t records) {
    for (std::uint64_t page = 0; page < page_count; ++page) {
        const std::uint64_t number = last_of_page(page, records);
        const auto found = disk.read_page(page_object, page);
        if (!found)
            return store::problem_text(found.error());
        if (number == 0 ? *found != nullptr : !*found || !holds(*found, store::page_bytes, number))
            return "a page is not what its last record made it";
    }
    return nullptr;
}

} // namespace power_cuts
