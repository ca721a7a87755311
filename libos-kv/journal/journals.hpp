// All journals on one disk, a store of libos/store: each is the pages of an object, and a record says where it begins.
// There is one, or one for each part of the keys. Another number of them takes the place of those that are there in one
// step. One vcore at a time.
#pragma once

#include "libos-kv/journal/store_log.hpp"

namespace exo::kv {

// Where a journal begins, as the store keeps it. Octet 8 is none of the file system's kinds of records, so neither
// takes the other's image.
struct BeginningRecord {
    char magic[8];
    std::uint8_t kind;    // 'K'
    std::uint8_t version; // of what reading all of them needs: one_journal_version or several_journals_version
    std::uint8_t others;  // journals that are there beside it
    std::uint8_t index;   // of this one among them
    std::uint8_t base;    // of all of them: the first one's pages are those of object 1 + base
    std::uint8_t zero[3];
    std::uint64_t beginning;
};
static_assert(sizeof(BeginningRecord) == 24);
inline constexpr char journal_magic[8] = {'E', 'X', 'O', 'K', 'V', 'L', 'O', 'G'};
inline constexpr std::uint8_t one_journal_version = 1; // at base 0
inline constexpr std::uint8_t several_journals_version = 2;

class Journals final : private store::Keeper {
public:
    static constexpr unsigned journals_max = 64;

    // Makes `count` empty ones on a disk, whatever it held. Errors: as Store::create and Store::open.
    static store::Status create(block::Device& device, const store::CreateSpec& spec, unsigned count = 1);

    explicit Journals(block::Device& device) : store_(device, *this) {}
    Journals(const Journals&) = delete;
    Journals& operator=(const Journals&) = delete;
    ~Journals();

    // Errors: as Store::open; Unknown: it is something else's, Newer: of a later version.
    store::Status open(const store::OpenOptions& options);
    store::Status close() { return store_.close(); }

    unsigned count() const { return static_cast<unsigned>(logs_.size()); }
    StoreLog& log(unsigned index) { return *logs_[index]; }

    // Makes others, which are empty; after the end of the machine nothing is left of them unless they were adopted.
    void prepare(unsigned count);
    StoreLog& prepared(unsigned index) { return *prepared_[index]; }
    // They take the place of those that were there, which are dropped, with all that they hold by now. False: the
    // medium failed, or is full.
    bool adopt();

    store::Store& store() { return store_; }
    const store::Store& store() const { return store_; }

private:
    friend class StoreLog;

    bool replay(std::span<const std::byte> record) override;
    void snapshot(store::RecordSink& sink) override;
    std::uint64_t snapshot_bytes() const override { return count() * sizeof(BeginningRecord) * 2; }

    BeginningRecord record_of(const StoreLog& log) const;
    bool is_whole() const;
    void make_logs(Array<StoreLog*>& logs, unsigned base, unsigned count);
    bool drop_strangers();
    static void clear(Array<StoreLog*>& logs);

    store::Store store_;
    Array<StoreLog*> logs_, prepared_;
    unsigned base_ = 0;
    std::uint64_t known_ = 0; // journals whose beginning was read, a bit each
    bool is_newer_ = false;
};

} // namespace exo::kv
