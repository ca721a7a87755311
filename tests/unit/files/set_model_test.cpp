// The file system on sets of disks against its model, while members go, fail, come back old, and are rebuilt.
#include "tests/unit/files/life.hpp"
#include "tests/unit/store/sets.hpp"

#include <bit>
#include <doctest/doctest.h>

using namespace files_test;
using store_test::Code;
using store_test::DiskSpec;
using store_test::MemoryDisk;
using store_test::SetOfDisks;

namespace {

constexpr std::uint64_t steps_of_life = 400;
constexpr std::uint64_t logical_bytes = 64u << 20;

class SetLives {
public:
    SetLives(const Code& code, std::uint64_t seed)
        : seed_(seed), set_(code, logical_bytes / code.data), random_(seed * 1000 + code.members()) {
        store_test::CreateSpec spec = store_test::test_spec();
        spec.data_disks = code.data;
        spec.parity_disks = code.parity;
        std::vector<exo::block::Device*> members;
        for (const auto& disk : set_.disks)
            members.push_back(disk.get());
        REQUIRE(Files::create(members, spec, counting_clock()));
    }

    void live(std::uint64_t operations);

    Totals totals;
    std::uint64_t gone = 0, failed = 0, unread = 0, rebuilt = 0, recovered_pages = 0;

private:
    unsigned lost_count() const { return static_cast<unsigned>(std::popcount(lost_)); }
    // A member that is whole; only while parity has one to spare.
    unsigned victim();
    void one_life();
    std::vector<exo::block::Device*> given(bool rebuilding);
    // In the middle of a life a member takes no more writes, or gives nothing of what is read for a while.
    void fail(unsigned member, bool writes);
    void mend();
    // Which blank disk becomes which member is the store's choice.
    void order(store_test::Disk& disk);

    std::uint64_t seed_;
    SetOfDisks set_;
    Model model_;
    std::mt19937_64 random_;
    std::uint32_t lost_ = 0;    // members that do not have everything
    std::uint32_t leaving_ = 0; // of these: one that was there in the life before
};

unsigned SetLives::victim() {
    unsigned member;
    do
        member = static_cast<unsigned>(random_() % set_.code.members());
    while ((lost_ >> member & 1) != 0);
    return member;
}

void SetLives::fail(unsigned member, bool writes) {
    MemoryDisk& disk = *set_.disks[member];
    (writes ? disk.failing_write : disk.failing_read) = writes ? disk.write_number : disk.read_number;
    disk.failing_count = writes ? ~0ull : 100;
    (writes ? failed : unread)++;
}

void SetLives::mend() {
    for (const auto& disk : set_.disks)
        disk->failing_write = disk->failing_read = disk->failing_count = ~0ull;
}

void SetLives::order(store_test::Disk& disk) {
    for (unsigned member = 0; member < set_.code.members(); member++) {
        const auto is_it = [&](const auto& one) { return one.get() == &disk.device(member); };
        std::swap(*std::ranges::find_if(set_.disks, is_it), set_.disks[member]);
    }
}

std::vector<exo::block::Device*> SetLives::given(bool rebuilding) {
    if (rebuilding) {
        for (unsigned member = 0; member < set_.code.members(); member++)
            if ((lost_ >> member & 1) != 0 && random_() % 2 == 0)
                set_.disks[member] = std::make_unique<MemoryDisk>(DiskSpec{.bytes = logical_bytes / set_.code.data});
        return set_.given(0, random_());
    }
    // What has just gone is not there; what was left out before may be, with what it held then.
    return set_.given(leaving_ | (lost_ & static_cast<std::uint32_t>(random_())), random_());
}

void SetLives::one_life() {
    const bool rebuilding = lost_ != 0 && random_() % 2 == 0;
    leaving_ = 0;
    if (!rebuilding && lost_count() < set_.code.parity && random_() % 3 == 0) {
        leaving_ = 1u << victim();
        lost_ |= leaving_;
        gone++;
    }
    const auto devices = given(rebuilding);
    Files files(devices, counting_clock());
    REQUIRE(files.open({.cache_bytes = 4u << 20, .log_bytes_max = 8u << 20, .spares = rebuilding}));
    if (rebuilding) {
        REQUIRE(files.store().rebuild());
        order(files.store().disk());
        lost_ = 0;
        rebuilt++;
    }
    REQUIRE(files.store().disk().missing() == lost_);
    REQUIRE(fingerprint(files) == model_.fingerprint());
    const bool fails = lost_count() < set_.code.parity && random_() % 2 == 0;
    play_life(files, model_, seed_ + totals.lives, steps_of_life, {}, totals, [&](std::uint64_t step) {
        if (fails && step == steps_of_life / 2)
            fail(victim(), random_() % 2 == 0);
    });
    lost_ = files.store().disk().missing();
    recovered_pages += files.store().counters().recovered_pages;
    mend();
}

void SetLives::live(std::uint64_t operations) {
    while (totals.operations < operations)
        one_life();
}

void check_lives(const Code& code, std::uint64_t operations) {
    const std::uint64_t seed = number_from("EXO_SEED", 30);
    SetLives lives(code, seed);
    lives.live(operations);
    MESSAGE(code.data, "+", code.parity, ", seed ", seed, ": ", lives.totals.operations, " operations in ",
            lives.totals.lives, " lives, ", lives.totals.refused, " refused as they should be; members gone ",
            lives.gone, ", failed in writing ", lives.failed, ", in reading ", lives.unread, ", sets rebuilt ",
            lives.rebuilt, ", pages computed ", lives.recovered_pages);
    CHECK(lives.totals.no_space == 0);
    CHECK(lives.totals.refused > operations / 20);
    CHECK(lives.gone > 0);
    CHECK(lives.failed > 0);
    CHECK(lives.rebuilt > 0);
    CHECK(lives.recovered_pages > 0);
}

} // namespace

TEST_CASE("random operations on a set of three disks, of which one may be lost, answer as the model does") {
    check_lives({2, 1}, number_from("EXO_OPERATIONS", 8'000));
}

TEST_CASE("random operations on a set of six disks, of which two may be lost, answer as the model does") {
    check_lives({4, 2}, number_from("EXO_OPERATIONS", 8'000));
}
