// See journals.hpp.
#include "libos-kv/journal/journals.hpp"

namespace exo::kv {

namespace {

constexpr unsigned bases[] = {0, Journals::journals_max};
constexpr std::uint64_t first_object = 1;
constexpr std::uint32_t drop_room = store::record_room(sizeof(store::DropRecord));
constexpr std::uint32_t beginning_room = store::record_room(sizeof(BeginningRecord));

std::span<const std::byte> octets_of(const BeginningRecord& record) {
    return {reinterpret_cast<const std::byte*>(&record), sizeof record}; // Safe: plain data of the format.
}

} // namespace

store::Status Journals::create(block::Device& device, const store::CreateSpec& spec, unsigned count) {
    if (const store::Status made = store::Store::create(device, spec); !made)
        return made;
    Journals journals(device);
    if (const store::Status opened = journals.store_.open(); !opened)
        return opened;
    journals.make_logs(journals.logs_, 0, count);
    if (const store::Status room = journals.store_.reserve(count * beginning_room, 0); !room)
        return room;
    for (const StoreLog* log : journals.logs_)
        journals.store_.add_record(octets_of(journals.record_of(*log)));
    return journals.store_.close();
}

Journals::~Journals() {
    clear(logs_);
    clear(prepared_);
}

void Journals::clear(Array<StoreLog*>& logs) {
    for (StoreLog* log : logs)
        destroy(log);
    logs.clear();
}

void Journals::make_logs(Array<StoreLog*>& logs, unsigned base, unsigned count) {
    clear(logs);
    for (unsigned index = 0; index < count; index++)
        logs.push(make<StoreLog>(*this, first_object + base + index));
}

store::Status Journals::open(const store::OpenOptions& options) {
    if (const store::Status opened = store_.open(options); !opened)
        return is_newer_ ? store::fail(store::Problem::Newer) : opened;
    if (!is_whole())
        return store::fail(store::Problem::Unknown);
    if (store_.is_writable())
        (void)drop_strangers(); // or the next time
    return {};
}

bool Journals::is_whole() const {
    return count() != 0 && known_ == ~0ull >> (journals_max - count());
}

BeginningRecord Journals::record_of(const StoreLog& log) const {
    const std::uint64_t place = log.object() - first_object;
    const unsigned base = place < journals_max ? bases[0] : bases[1];
    const Array<StoreLog*>& all = !logs_.empty() && base == base_ ? logs_ : prepared_;
    BeginningRecord record{};
    copy_bytes(record.magic, journal_magic, sizeof journal_magic);
    record.kind = 'K';
    record.version = base == 0 && all.size() == 1 ? one_journal_version : several_journals_version;
    record.others = static_cast<std::uint8_t>(all.size() - 1);
    record.index = static_cast<std::uint8_t>(place - base);
    record.base = static_cast<std::uint8_t>(base);
    record.beginning = log.beginning();
    return record;
}

bool Journals::replay(std::span<const std::byte> octets) {
    BeginningRecord record;
    if (octets.size() < sizeof record)
        return false;
    copy_bytes(&record, octets.data(), sizeof record);
    if (compare_bytes(record.magic, journal_magic, sizeof journal_magic) != 0 || record.kind != 'K')
        return false;
    is_newer_ = record.version > several_journals_version;
    const unsigned journals = record.others + 1u;
    if (octets.size() != sizeof record || is_newer_ || record.beginning % unit_length_octets != 0 ||
        journals > journals_max || record.index >= journals || (record.base != bases[0] && record.base != bases[1]))
        return false;
    if (known_ == 0 || record.base != base_ || journals != count()) {
        make_logs(logs_, record.base, journals);
        base_ = record.base;
        known_ = 0;
    }
    logs_[record.index]->beginning_ = record.beginning;
    known_ |= std::uint64_t{1} << record.index;
    return true;
}

void Journals::snapshot(store::RecordSink& sink) {
    for (const StoreLog* log : logs_)
        if (!sink.add(octets_of(record_of(*log))))
            return;
}

void Journals::prepare(unsigned count) {
    make_logs(prepared_, base_ == bases[0] ? bases[1] : bases[0], count);
}

bool Journals::adopt() {
    const auto records = static_cast<std::uint32_t>(prepared_.size() * beginning_room + count() * drop_room);
    if (!store_.reserve(records, 0))
        return false;
    for (const StoreLog* log : prepared_)
        store_.add_record(octets_of(record_of(*log)));
    for (const StoreLog* log : logs_)
        store_.drop_pages(log->object(), 0, ~0ull);
    clear(logs_);
    logs_ = std::move(prepared_);
    base_ = base_ == bases[0] ? bases[1] : bases[0];
    return store_.commit().has_value();
}

// Journals that were prepared and never adopted.
bool Journals::drop_strangers() {
    Array<std::uint64_t> strangers;
    store_.each_object([&](std::uint64_t object, const store::PageMap&) {
        if (object < first_object + base_ || object >= first_object + base_ + count())
            strangers.push(object);
    });
    for (const std::uint64_t object : strangers) {
        if (!store_.reserve(drop_room, 0))
            return false;
        store_.drop_pages(object, 0, ~0ull);
    }
    return true;
}

} // namespace exo::kv
