// The pages on disk that hold compressed pages of objects: streams of octets, one behind the other, which may go on in
// the next page. How many streams reach into each is counted, so that a page is dead when the last of them is.
#pragma once

#include "libos/store/hash_table.hpp"
#include "libos/store/page_map.hpp"
#include "libos/store/segment_table.hpp"

namespace exo::store {

// A page on disk.
struct PackedPage {
    std::uint64_t sector = 0;
    std::uint64_t checksum = 0;
    std::uint32_t streams = 0; // that reach into it and are alive
    PackedPage* next_in_table = nullptr;
    std::uint64_t table_hash() const { return mixed(sector); }
};

class PackedPages {
public:
    explicit PackedPages(SegmentTable& segments) : segments_(segments) {}
    PackedPages(const PackedPages&) = delete;
    PackedPages& operator=(const PackedPages&) = delete;
    ~PackedPages();

    // False: no memory.
    [[nodiscard]] bool open() { return table_.open(); }

    // Memory for so many more pages. False: there is none.
    [[nodiscard]] bool prepare(std::uint32_t count);
    PackedPage* find(std::uint64_t sector) const;
    // A page that is there from now on, for which there is memory. False: streams that are alive lie there already.
    [[nodiscard]] bool add(std::uint64_t sector, std::uint64_t checksum);
    // Whether what a place says lies in pages that are known.
    bool knows(const Place& place) const;
    // A stream begins, or ceases, to be alive, and with it the pages that it reaches into.
    void retain(const Place& place);
    void release(const Place& place, std::uint64_t killed_by);

    std::uint64_t count() const { return table_.count(); }
    std::uint64_t streams() const { return streams_; } // alive
    template <typename Visit>
    void each(Visit&& visit) const {
        table_.each(visit);
    }

private:
    SegmentTable& segments_;
    HashTable<PackedPage> table_;
    std::uint64_t streams_ = 0;
    PackedPage* spare_ = nullptr; // linked as in the table
    std::uint32_t spare_count_ = 0;
};

} // namespace exo::store
