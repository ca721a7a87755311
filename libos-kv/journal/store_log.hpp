// One of the journals on a store of libos/store (journals.hpp): pages of one object. A short unit is in one batch of
// the store; the length of a long one is written when all of it is there, so that a crash in between leaves none.
#pragma once

#include "libos-kv/journal/log.hpp"
#include "libos-kv/memory/array.hpp"
#include "libos/store/store.hpp"

namespace exo::kv {

class Journals;

class StoreLog final : public Log {
public:
    // An empty one: `object` has no pages, or its beginning is still to be read.
    StoreLog(Journals& journals, std::uint64_t object);

    // Gives every record to `visitor`, in order, and goes on behind the last. Errors: Damaged, Unknown (the visitor
    // took one for nonsense), and as Store::read_page.
    store::Status recover(RecordVisitor& visitor);
    // Of what is on the disk, in whole pages.
    std::uint64_t stored_octets() const;
    std::uint64_t object() const { return object_; }

    bool append(std::span<char> unit) override;
    bool begin_long() override;
    bool add_long(std::string_view octets) override;
    bool end_long() override;
    // Nothing is there of a unit that was begun.
    void abandon_long();
    std::uint64_t position() const override { return position_; }
    bool begin_at(std::uint64_t position) override;
    std::uint64_t beginning() const override { return beginning_; }
    bool drop_some() override;
    std::uint64_t room() const override;
    std::uint64_t ticket() const override { return store_.ticket(); }
    bool is_durable(std::uint64_t ticket) const override { return store_.is_durable(ticket); }
    bool is_writing() const override { return store_.is_writing(); }
    void start_commit() override { store_.start_commit(); }
    void poll() override { store_.poll(); }
    bool commit() override { return store_.commit().has_value(); }
    LogState state() const override;

private:
    friend class Journals;
    class Reader;

    store::Status reserve_pages(std::size_t octets);
    store::Status put(std::string_view octets);
    store::Status put_length(std::uint64_t at, std::uint64_t length);
    bool outcome(const store::Status& status, std::uint64_t begin);
    bool tidy();

    Journals& journals_;
    store::Store& store_;
    const std::uint64_t object_;
    std::uint64_t beginning_ = 0, position_ = 0;
    std::uint64_t dropped_to_ = 0; // a page; none before it is there
    std::uint64_t long_begin_ = 0;
    bool full_ = false;
    bool untidy_ = false; // behind the end there is something that is not zero
};

} // namespace exo::kv
