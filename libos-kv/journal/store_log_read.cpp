// Reading the journal. The store has checked every page; nothing is believed nevertheless, since an image may have been
// made by anybody. Interface: store_log.hpp.
#include "libos-kv/journal/journals.hpp"
#include "libos-kv/journal/record_reader.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t page_bytes = store::page_bytes;
constexpr std::uint32_t ahead_pages = 64;

} // namespace

// Octets of the journal, one run after the other.
class StoreLog::Reader final : public OctetSource {
public:
    Reader(store::Store& store, std::uint64_t object, std::uint64_t position)
        : store_(store), object_(object), position_(position) {}

    std::uint64_t position() const { return position_; }
    void go_to(std::uint64_t position) { position_ = position; }
    // Whether the page is there in which an octet lies.
    bool reaches(std::uint64_t position) {
        const std::uint64_t index = position / page_bytes;
        if (index == reached_)
            return true;
        const store::PageMap* const pages = store_.pages_of(object_);
        const bool is_there = pages && pages->find(index) != nullptr;
        reached_ = is_there ? index : reached_;
        return is_there;
    }
    store::Problem problem() const { return problem_; }

    bool take(std::size_t octets, std::string_view& taken) override {
        const std::uint64_t within = position_ % page_bytes;
        if (octets == 0) {
            taken = {};
            return true;
        }
        if (octets <= page_bytes - within) {
            const std::byte* const page = load();
            if (!page)
                return false;
            taken = {reinterpret_cast<const char*>(page + within), octets}; // Safe: octets as characters.
            position_ += octets;
            return true;
        }
        scratch_.clear();
        char* at = scratch_.grow(octets);
        for (std::size_t left = octets; left;) {
            const std::byte* const page = load();
            if (!page)
                return false;
            const std::uint64_t from = position_ % page_bytes;
            const std::size_t count = left < page_bytes - from ? left : page_bytes - from;
            copy_bytes(at, page + from, count);
            at += count;
            position_ += count;
            left -= count;
        }
        taken = scratch_;
        return true;
    }

private:
    const std::byte* load() {
        const std::uint64_t index = position_ / page_bytes;
        if (index == loaded_)
            return page_; // nobody has called the store since
        if (index % ahead_pages == 0 || loaded_ == ~0ull)
            store_.read_ahead(object_, index, ahead_pages);
        const auto page = store_.read_page(object_, index);
        if (!page || !*page) {
            problem_ = page ? store::Problem::Damaged : page.error();
            return nullptr;
        }
        loaded_ = index;
        return page_ = *page;
    }

    store::Store& store_;
    const std::uint64_t object_;
    std::uint64_t position_, loaded_ = ~0ull;
    std::uint64_t reached_ = ~0ull;   // a page that is there
    const std::byte* page_ = nullptr; // the one with that index
    store::Problem problem_ = store::Problem::None;
    Text scratch_;
};

store::Status StoreLog::recover(RecordVisitor& visitor) {
    Reader reader(store_, object_, beginning_);
    while (reader.reaches(reader.position())) {
        std::string_view octets;
        if (!reader.take(unit_length_octets, octets))
            return store::fail(reader.problem());
        const auto length = load_octets<std::uint64_t>(octets.data());
        if (length == 0) {
            reader.go_to(reader.position() - unit_length_octets);
            break;
        }
        const std::uint64_t begin = reader.position();
        if (length > store_.page_count(object_) * page_bytes || !reader.reaches(begin + length - 1))
            return store::fail(store::Problem::Damaged);
        const std::uint64_t end = begin + length;
        switch (read_records(reader, length, visitor)) {
        case RecordsOutcome::Good:
            break;
        case RecordsOutcome::Unreadable:
            return store::fail(reader.problem());
        case RecordsOutcome::Nonsense:
            return store::fail(store::Problem::Unknown);
        }
        reader.go_to((end + unit_length_octets - 1) / unit_length_octets * unit_length_octets);
    }
    position_ = reader.position();
    if (!store_.is_writable())
        return {};
    untidy_ = true; // there may be what is left of a unit that never became whole
    (void)tidy();   // or later
    return {};
}

} // namespace exo::kv
