// A crash-safe store on a disk, or on a set of disks that bears the loss of some: objects, which are arrays of pages,
// and records of a keeper, changed together in batches that become durable whole and in order. Everything is appended
// to a log; where pages lie is kept in memory. One vcore at a time. What is on disk: format.hpp; how it works:
// README.md.
#pragma once

#include "libos/coding/deflate.hpp"
#include "libos/store/batch.hpp"
#include "libos/store/chain_reader.hpp"
#include "libos/store/keeper.hpp"
#include "libos/store/packed_pages.hpp"
#include "libos/store/page_map.hpp"
#include "libos/store/segment_table.hpp"
#include "libos/store/superblock.hpp"

namespace exo::store {

struct CreateSpec {
    std::uint8_t uuid[16] = {};
    std::uint64_t salt = 0; // a number that nobody can guess
    std::uint64_t now_ns = 0;
    char label[32] = {};
    unsigned data_disks = 0, parity_disks = 0; // of a set; 0: one disk alone
    bool compress = false;                     // pages that are moved
};

enum class Access : std::uint8_t { ReadWrite, ReadOnly };
struct OpenOptions {
    Access access = Access::ReadWrite;
    std::uint64_t cache_bytes = 8u << 20; // at least 4 MiB
    bool accept_damaged_log = false;      // take what is before the damage for all there was
    // A checkpoint is written when the log since the last is longer; more is written less often, and read after a
    // crash.
    std::uint64_t log_bytes_max = 64u << 20;
    // Disks that are not of the set, or were left out of it, take the place of members that are missing: see rebuild.
    bool spares = false;
};

struct StoreCounters {
    std::uint64_t commits = 0, commit_bytes = 0, checkpoints = 0, checkpoint_bytes = 0;
    std::uint64_t cleaned_segments = 0, moved_pages = 0, damaged_pages = 0;
    std::uint64_t replayed_batches = 0, torn_batches = 0, repaired_index_batches = 0;
    std::uint64_t recovered_pages = 0, recovered_batches = 0; // that were had by redundancy alone
    std::uint64_t misdirected_batches = 0;                    // found where others belong
    std::uint64_t packed_pages = 0, expanded_pages = 0;       // of objects: compressed, and read again
};

// What a page to be written holds at first.
enum class Fill : std::uint8_t {
    Keep,    // what it held before, or zeroes
    Nothing, // anything: the caller writes all of it
};

// What a scrub finds. The object and index of each page that is lost are given to `damaged`, if any.
struct ScrubReport {
    std::uint64_t pages = 0, damaged_pages = 0; // checked; lost
    std::uint64_t recovered_pages = 0;          // damaged, but the others of a set know what was there
    std::uint64_t misdirected_pages = 0;        // lost or damaged because the page of another place was written there
    std::uint64_t rows = 0, false_rows = 0; // of a set: rows whose units were compared, and those that did not agree
    std::uint64_t batches = 0, false_batches = 0; // of index and log: checked, and damaged in one copy or member
    bool repaired = false;                        // all of these that could be
    void (*damaged)(void* context, std::uint64_t object, std::uint64_t index) = nullptr;
    void* context = nullptr;

    bool is_clean() const { return !damaged_pages && !recovered_pages && !false_rows && !false_batches; }
};

class Store {
public:
    // Makes an empty store on a disk, or on the disks of a set in their order, whatever they held. Errors: TooSmall,
    // Unsuitable, BadCode, ReadOnly, DeviceFailed, NoMemory.
    static Status create(block::Device& device, const CreateSpec& spec) {
        block::Device* const devices[] = {&device};
        return create(devices, spec);
    }
    static Status create(std::span<block::Device* const> devices, const CreateSpec& spec);

    Store(block::Device& device, Keeper& keeper) : disk_(device), keeper_(keeper), cache_(disk_) {}
    // On a set, given in any order; or on one disk alone.
    Store(std::span<block::Device* const> devices, Keeper& keeper) : disk_(devices), keeper_(keeper), cache_(disk_) {}
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store();

    // Reads the index and plays the log back. Errors: as Disk::assemble and read_superblock; IndexDamaged, LogDamaged,
    // Unknown, NoMemory.
    Status open(const OpenOptions& options = {});
    // Commits and writes a checkpoint, so that nothing has to be played back.
    Status close();

    // Makes room in the open batch for records of so many octets (sums of record_room) and so many pages; may commit,
    // write a checkpoint and clean first, so what was changed before must make sense without what comes. Errors:
    // NoSpace, ReadOnly, TooBig, DeviceFailed.
    Status reserve(std::uint32_t record_octets, std::uint32_t pages, std::uint32_t new_pages);
    Status reserve(std::uint32_t record_octets, std::uint32_t pages) { return reserve(record_octets, pages, pages); }
    // For each of these room was reserved, and they become durable together.
    void add_record(std::span<const std::byte> payload, std::span<const std::byte> rest = {});
    // Out of what was reserved, keeps room in the open batch for records that the keeper will add when it is sealed, so
    // that what changes often is recorded once a batch.
    void promise(std::uint32_t record_octets) { open_batch().promise(record_octets); }
    // The page, which may be written to until the next call of this class. Errors: Damaged, DeviceFailed, NoMemory.
    Result<std::byte*> change_page(std::uint64_t object, std::uint64_t index, Fill fill);
    // The pages of [first, last] become holes. Needs room for a record of sizeof(DropRecord).
    void drop_pages(std::uint64_t object, std::uint64_t first, std::uint64_t last);
    // The same for the first `most` pages, at most, that are there up to `last`. False: there is none.
    bool drop_first_pages(std::uint64_t object, std::uint64_t last, std::uint64_t most);

    // The page, to be read until the next call of this class; null: a hole. Errors: Damaged, DeviceFailed, NoMemory.
    Result<const std::byte*> read_page(std::uint64_t object, std::uint64_t index);
    // Brings pages into memory, unless the first is there already; says nothing of those that cannot be read.
    void read_ahead(std::uint64_t object, std::uint64_t index, std::uint32_t count);
    // Where an object's pages are, to look at; null: it has none.
    const PageMap* pages_of(std::uint64_t object) const;
    std::uint64_t page_count(std::uint64_t object) const;
    const PackedPages& packed_pages() const { return packed_; }

    // What is to be waited for until all that was changed so far is durable.
    std::uint64_t ticket() const {
        return open_batch().empty() ? open_batch().sequence() - 1 : open_batch().sequence();
    }
    bool is_durable(std::uint64_t ticket) const { return ticket <= durable_; }
    // Whether a batch is being written.
    bool is_writing() const { return stage_ != Stage::Idle; }
    // Starts writing the open batch if there is something in it and none is being written.
    void start_commit();
    // Looks at the disk once.
    void poll();
    // Returns when all that was changed so far is durable. Errors: DeviceFailed, NoSpace.
    Status commit();

    // Writes the whole index, after which the log begins anew. Errors: as commit.
    Status checkpoint();
    // Moves live pages out of segments until so many are free, or no more can be freed. Errors: as commit; Damaged.
    Status clean(std::uint32_t free_segments);
    // Compresses the pages of that many segments, those that were written longest ago, if the store was made so.
    // Errors: UnknownFeature (it was not), and as clean.
    Status pack(std::uint32_t segments);
    bool packs() const { return (super_.features & feature::packed) != 0; }
    // How many of `count` pages of an object from `index` on take room on disk when they are written, which others do
    // that take the place of their own.
    std::uint32_t new_pages(std::uint64_t object, std::uint64_t index, std::uint64_t count) const;
    // Reads everything that is in use, on all members, and checks it. With `repair`, what others know is written anew.
    // Errors: DeviceFailed, and as commit with `repair`.
    Status scrub(ScrubReport& report, bool repair = false);
    // Computes what the spares should hold, writes it, and makes them members. Errors: as commit.
    Status rebuild();

    // Calls `visit(object, pages)` for each object that has pages.
    template <typename Visit>
    void each_object(Visit&& visit) const {
        objects_.each([&](const Object& object) { visit(object.id, object.pages); });
    }
    bool is_writable() const { return writable_; }
    const Geometry& geometry() const { return geometry_; }
    const Superblock& superblock() const { return super_; }
    const StoreCounters& counters() const { return counters_; }
    std::uint64_t pages_used() const { return segments_.live_pages() + staged_pages_; }
    std::uint64_t pages_capacity() const; // how many there can be, given what is kept back
    std::uint32_t free_segments() const { return segments_.free_count(durable_); }
    std::uint64_t log_bytes() const { return log_bytes_; }
    Problem problem() const { return problem_; }
    Disk& disk() { return disk_; }

private:
    struct Object {
        std::uint64_t id;
        PageMap pages;
        std::uint64_t page_count = 0;
        Object* next_in_table = nullptr;
        std::uint64_t table_hash() const { return mixed(id); }
    };
    class CheckpointWriter;
    class Packer;
    class Scrubber;

    Batch& open_batch() { return batches_[open_]; }
    const Batch& open_batch() const { return batches_[open_]; }
    Batch& other_batch() { return batches_[1 - open_]; }
    void begin_open_batch();
    Status give_up(Problem problem);

    Object* find_object(std::uint64_t id) const;
    Object* make_object(std::uint64_t id);
    void remove_if_empty(Object& object);
    void leave_place(const Place& place);
    void forget_page(std::uint64_t object, std::uint64_t index, const Place& place);
    void erase_pages(std::uint64_t object, std::uint64_t first, std::uint64_t last);
    Result<Page*> take_page();
    Status load(std::uint64_t object, const PageMap& pages, std::uint64_t index, std::uint32_t count);
    Status load_again(const Place& place, const Page& page, bool read);
    Status load_packed(std::uint64_t object, std::uint64_t index, const Place& place);
    Status read_stream(const Place& place);
    Status expand(const Place& place, std::byte* into);

    void advance();
    Status finish_writing();
    Status place_open_batch(std::uint32_t disk_bytes);
    void place_pages(const Batch& batch);
    void place_streams(const Batch& batch);
    Status maintain();
    std::uint32_t checkpoint_segments() const;
    Status move_pages(std::uint32_t segment);
    Status move_page(Packer* packer, std::uint64_t object, std::uint64_t index);

    Status read_checkpoint(ChainReader& reader);
    Result<bool> find_batch(ChainReader& reader, ChainPosition& at, BatchView& view);
    Result<bool> replay_batch(ChainReader& reader, bool& dirty);
    Status replay_log(ChainReader& reader, bool accept_damage, bool& dirty);
    Status rewrite_last_batch(ChainReader& reader);
    Status apply(std::span<const std::byte> records);
    Status apply_map(std::span<const std::byte> payload);
    Status apply_packed(std::span<const std::byte> payload);
    Status apply_streams(std::span<const std::byte> payload);
    Status write_checkpoint(bool fresh_log);

    Disk disk_;
    Keeper& keeper_;
    PageCache cache_;
    SegmentTable segments_;
    PackedPages packed_{segments_};
    HashTable<Object> objects_;
    Superblock super_{};
    Geometry geometry_;
    block::Piece scratch_; // a page
    // Of streams that are read: two pages, and which they are.
    struct HeldPage {
        std::uint64_t sector = 0, checksum = 0;
    };
    block::Piece window_;
    HeldPage held_[2];
    coding::Inflater inflater_;
    Batch batches_[2];
    unsigned open_ = 0;                                                               // which of them takes changes
    enum class Stage : std::uint8_t { Idle, Writing, Flushing } stage_ = Stage::Idle; // of the other one
    Transfer transfer_;
    ChainPosition log_;           // where the open batch will go, unless it does not fit
    ChainPosition last_replayed_; // the last batch of the log when it was opened, if it may not be on all members
    bool last_is_doubtful_ = false;
    std::uint64_t durable_ = 0;
    std::uint64_t staged_pages_ = 0;
    std::uint64_t log_bytes_ = 0, log_bytes_max_ = 0;
    bool writable_ = false, opened_ = false, maintenance_due_ = false, maintaining_ = false, crowded_ = false;
    Problem problem_ = Problem::None; // once something failed, nothing is changed any more
    StoreCounters counters_;
};

} // namespace exo::store
