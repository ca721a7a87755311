// The journal on a store of libos/store: pages of one object, and a record that says where it begins. A short unit is
// in one batch of the store; the length of a long one is written when all of it is there, so that a crash in between
// leaves none.
#pragma once

#include "libos-kv/journal/log.hpp"
#include "libos-kv/memory/array.hpp"
#include "libos/store/store.hpp"

namespace exo::kv {

// Where the journal begins, as the store keeps it. Octet 8 is none of the file system's kinds of records, so neither
// takes the other's image.
struct BeginningRecord {
    char magic[8];
    std::uint8_t kind; // 'K'
    std::uint8_t version;
    std::uint8_t zero[6];
    std::uint64_t beginning;
};
static_assert(sizeof(BeginningRecord) == 24);
inline constexpr char journal_magic[8] = {'E', 'X', 'O', 'K', 'V', 'L', 'O', 'G'};
inline constexpr std::uint8_t journal_version = 1;

class StoreLog final : public Log, private store::Keeper {
public:
    // Makes an empty one on a disk, whatever it held. Errors: as Store::create and Store::open.
    static store::Status create(block::Device& device, const store::CreateSpec& spec);

    explicit StoreLog(block::Device& device) : store_(device, *this) {}

    // Errors: as Store::open; Unknown: it is something else's, Newer: of a later version.
    store::Status open(const store::OpenOptions& options);
    // Gives every record to `visitor`, in order, and goes on behind the last. Errors: Damaged, Unknown (the visitor
    // took one for nonsense), and as Store::read_page.
    store::Status recover(RecordVisitor& visitor);
    store::Status close() { return store_.close(); }
    // Of what is on the disk, in whole pages.
    std::uint64_t stored_octets() const;

    bool append(std::span<char> unit) override;
    bool begin_long() override;
    bool add_long(std::string_view octets) override;
    bool end_long() override;
    std::uint64_t position() const override { return position_; }
    bool begin_at(std::uint64_t position) override;
    std::uint64_t beginning() const override { return beginning_; }
    std::uint64_t room() const override;
    std::uint64_t ticket() const override { return store_.ticket(); }
    bool is_durable(std::uint64_t ticket) const override { return store_.is_durable(ticket); }
    bool is_writing() const override { return store_.is_writing(); }
    void start_commit() override { store_.start_commit(); }
    void poll() override { store_.poll(); }
    bool commit() override { return store_.commit().has_value(); }
    LogState state() const override;

    const store::Store& store() const { return store_; }

private:
    class Reader;

    bool replay(std::span<const std::byte> record) override;
    void snapshot(store::RecordSink& sink) override;
    std::uint64_t snapshot_bytes() const override { return 64; }

    BeginningRecord beginning_record() const;
    store::Status reserve_pages(std::size_t octets);
    store::Status put(std::string_view octets);
    store::Status put_length(std::uint64_t at, std::uint64_t length);
    bool outcome(const store::Status& status, std::uint64_t begin);
    bool tidy();

    store::Store store_;
    std::uint64_t beginning_ = 0, position_ = 0;
    std::uint64_t long_begin_ = 0;
    bool has_beginning_ = false, is_newer_ = false, full_ = false;
    bool untidy_ = false; // behind the end there is something that is not zero
};

} // namespace exo::kv
