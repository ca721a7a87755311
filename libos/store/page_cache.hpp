// Pages of objects in memory that the disk reaches: those that wait to be written, are being written, or were used of
// late. Contents are found by object and index.
#pragma once

#include "libos/store/disk.hpp"
#include "libos/store/hash_table.hpp"

namespace exo::store {

enum class PageState : std::uint8_t {
    Free,
    Clean,     // as on disk; the oldest is taken when room is needed
    Staged,    // in the open batch, and may be changed
    Writing,   // in the batch that is being written: nobody changes it
    Forgotten, // being written, though nobody finds it any more
};

struct Page {
    std::byte* memory = nullptr; // page_bytes
    std::uint64_t device_address = 0;
    std::uint64_t object = 0, index = 0;
    PageState state = PageState::Free;
    std::uint16_t slot = 0; // Staged: its place in the open batch
    Page* next_in_table = nullptr;
    Page *newer = nullptr, *older = nullptr; // Clean: by use; Free: `older` is the next free one

    static std::uint64_t hash_of(std::uint64_t object, std::uint64_t index) {
        return mixed(object * 0x1000193 ^ index);
    }
    std::uint64_t table_hash() const { return hash_of(object, index); }
};

class PageCache {
public:
    explicit PageCache(Disk& disk) : disk_(disk) {}
    PageCache(const PageCache&) = delete;
    PageCache& operator=(const PageCache&) = delete;
    ~PageCache();

    // At most that many octets of memory, taken as they are needed. False: not even the first could be had.
    [[nodiscard]] bool open(std::uint64_t bytes_max);

    // The page, or null. A clean one becomes the last to be taken away.
    Page* find(std::uint64_t object, std::uint64_t index);
    // A page that nobody finds yet, contents undefined; null: all are staged or being written, or there is no memory.
    Page* take();
    // Lets the page be found under a name that no other page has.
    void enter(Page& page, std::uint64_t object, std::uint64_t index, PageState state);
    // Changes between Clean, Staged and Writing.
    void set_state(Page& page, PageState state);
    // Nobody finds it any more. One that is being written is kept until it is written, then given back by `set_state`.
    void forget(Page& page);
    // Gives back a page that was taken and not entered.
    void give_back(Page& page);

    std::uint64_t hits() const { return hits_; }
    std::uint64_t misses() const { return misses_; }

private:
    struct Chunk {
        block::Piece memory;
        Page* pages;
        Chunk* next;
    };

    bool grow();
    void link(Page& page);
    void unlink(Page& page);

    Disk& disk_;
    HashTable<Page> table_;
    Chunk* chunks_ = nullptr;
    Page* free_ = nullptr;
    Page *newest_ = nullptr, *oldest_ = nullptr;
    std::uint64_t chunks_left_ = 0;
    std::uint64_t hits_ = 0, misses_ = 0;
};

} // namespace exo::store
