// Records of the test's keeper: an octet of kind, the number, the value.
#include "tests/unit/store/play.hpp"

#include <cstring>
#include <format>

namespace store_test {

namespace {
enum class Kind : std::uint8_t { Put = 1, Erase = 2, Transaction = 3 };

std::string encode(Kind kind, std::uint64_t number, const std::string& value = {}) {
    std::string text(9 + value.size(), '\0');
    text[0] = static_cast<char>(kind);
    std::memcpy(text.data() + 1, &number, 8);
    std::memcpy(text.data() + 9, value.data(), value.size());
    return text;
}
std::span<const std::byte> octets(const std::string& text) {
    return std::as_bytes(std::span(text));
}
} // namespace

CreateSpec test_spec(std::uint64_t salt, Moved moved) {
    return {.uuid = {1, 2, 3}, .salt = salt, .now_ns = 1, .label = "test", .compress = moved == Moved::Compressed};
}

// By number: octets at random, or such that take about a half, a quarter, or next to nothing when compressed.
void fill_page(std::byte* page, std::uint64_t number) {
    constexpr std::uint64_t masks[] = {~0ull, 0x0f0f'0f0f'0f0f'0f0full, 0x0303'0303'0303'0303ull, 0};
    std::uint64_t value = number * 0x9e3779b97f4a7c15 + 1;
    for (std::size_t at = 0; at < page_bytes; at += 8) {
        const std::uint64_t word = at ? value & masks[number % 4] : value;
        std::memcpy(page + at, &word, 8);
        value = value * 6364136223846793005 + 1442695040888963407;
    }
}

bool Records::replay(std::span<const std::byte> record) {
    if (record.size() < 9)
        return false;
    std::uint64_t number;
    std::memcpy(&number, record.data() + 1, 8);
    switch (static_cast<Kind>(record[0])) {
    case Kind::Put:
        records[number].assign(reinterpret_cast<const char*>(record.data()) + 9, record.size() - 9);
        return true;
    case Kind::Erase:
        return records.erase(number) == 1;
    case Kind::Transaction:
        transaction = number;
        return true;
    }
    return false;
}

void Records::snapshot(RecordSink& sink) {
    sink.add(octets(encode(Kind::Transaction, transaction)));
    for (const auto& [number, value] : records)
        sink.add(octets(encode(Kind::Put, number, value)));
}

std::uint64_t Records::snapshot_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& [number, value] : records)
        bytes += record_room(static_cast<std::uint32_t>(9 + value.size()));
    return bytes + 100;
}

void Play::put_record(std::uint64_t key, const std::string& value) {
    store.add_record(octets(encode(Kind::Put, key, value)));
    keeper.records[key] = state.records[key] = value;
}

bool Play::change(const Weights& weights) {
    const auto pick = [&](std::uint64_t below) { return random() % below; };
    const std::uint32_t records = static_cast<std::uint32_t>(pick(weights.records_max + 1));
    const std::uint32_t pages = static_cast<std::uint32_t>(pick(weights.pages_max + 1));
    if (!store.reserve((records + 1) * record_room(9 + weights.record_bytes_max) + 2 * record_room(sizeof(DropRecord)),
                       pages))
        return false;
    for (std::uint32_t i = 0; i < records; i++) {
        const std::uint64_t key = pick(60);
        if (pick(4) == 0 && state.records.contains(key)) {
            store.add_record(octets(encode(Kind::Erase, key)));
            keeper.records.erase(key);
            state.records.erase(key);
        } else {
            put_record(key, std::string(pick(weights.record_bytes_max + 1), static_cast<char>(pick(256))));
        }
    }
    for (std::uint32_t i = 0; i < pages; i++) {
        const PageName name(pick(weights.objects), pick(weights.indices));
        const std::uint64_t number = random();
        const Fill fill = pick(2) ? Fill::Nothing : Fill::Keep;
        const auto page = store.change_page(name.first, name.second, fill);
        if (!page)
            return false;
        fill_page(*page, number);
        state.pages[name] = number;
    }
    if (pick(100) < weights.drop_percent) {
        const std::uint64_t object = pick(weights.objects), first = pick(weights.indices), last = first + pick(20);
        store.drop_pages(object, first, last);
        state.pages.erase(state.pages.lower_bound({object, first}), state.pages.upper_bound({object, last}));
    }
    keeper.transaction = ++state.transaction;
    store.add_record(octets(encode(Kind::Transaction, state.transaction)));
    return true;
}

std::string Play::difference(const State& wanted) {
    if (keeper.transaction != wanted.transaction)
        return std::format("transaction {} instead of {}", keeper.transaction, wanted.transaction);
    if (keeper.records != wanted.records)
        return "records differ";
    std::uint64_t total = 0;
    for (std::uint64_t object = 0; object < 64; object++)
        total += store.page_count(object);
    if (total != wanted.pages.size())
        return std::format("{} pages instead of {}", total, wanted.pages.size());
    std::byte expected[page_bytes];
    for (const auto& [name, number] : wanted.pages) {
        const auto page = store.read_page(name.first, name.second);
        fill_page(expected, number);
        if (!page || !*page || std::memcmp(*page, expected, page_bytes) != 0)
            return std::format("page {} of object {} {}", name.second, name.first,
                               page ? "differs" : problem_text(page.error()));
    }
    return "";
}

} // namespace store_test
