// Random transactions on a store, and what the store must hold after each: the oracle of the store's tests. A
// transaction changes records and pages; its number is itself a record, so that what is found after a crash names the
// moment that it must equal in everything.
#pragma once

#include "libos/store/store.hpp"
#include "tests/unit/store/disks.hpp"

#include <map>
#include <random>
#include <string>

namespace store_test {

using namespace exo::store;

using PageName = std::pair<std::uint64_t, std::uint64_t>; // object, index

// What a store holds: pages by the number that their contents are made from.
struct State {
    std::uint64_t transaction = 0;
    std::map<std::uint64_t, std::string> records;
    std::map<PageName, std::uint64_t> pages;
    bool operator==(const State&) const = default;
};

void fill_page(std::byte* page, std::uint64_t number);

// A keeper of records by number.
class Records final : public Keeper {
public:
    bool replay(std::span<const std::byte> record) override;
    void snapshot(RecordSink& sink) override;
    std::uint64_t snapshot_bytes() const override;

    std::uint64_t transaction = 0;
    std::map<std::uint64_t, std::string> records;
};

// One run of a store on a disk, with its model.
class Play {
public:
    Play(exo::block::Device& device, std::uint64_t seed) : random(seed), store(device, keeper) {}
    Play(std::span<exo::block::Device* const> devices, std::uint64_t seed) : random(seed), store(devices, keeper) {}

    struct Weights {
        unsigned records_max = 4, pages_max = 6, objects = 5, indices = 40, drop_percent = 15, record_bytes_max = 300;
    };
    // One transaction, staged. False: no space, and nothing was changed.
    bool change(const Weights& weights);
    // Compares the store with a state, page by page; returns what differs, in words, or "".
    std::string difference(const State& wanted);

    std::mt19937_64 random;
    Records keeper;
    Store store;
    State state;

private:
    void put_record(std::uint64_t key, const std::string& value);
};

enum class Moved : std::uint8_t { AsIs, Compressed }; // what becomes of pages that are
CreateSpec test_spec(std::uint64_t salt = 0x5a17, Moved moved = Moved::AsIs);

} // namespace store_test
