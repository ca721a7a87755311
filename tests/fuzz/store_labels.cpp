// Fuzzes what is read before anything else of a store's disks: superblocks and, of a set, labels. Those of a disk
// alone, or of a set of three, are changed as the input says, with or without a checksum that fits; members are left
// out, given twice, or replaced by a blank disk. Opening must refuse what it is given, or give a file system that can
// be checked, changed, closed and opened again.
#include "libos/coding/checksum.hpp"
#include "libos/files/check.hpp"
#include "tests/fuzz/patches.hpp"
#include "tests/unit/store/disks.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

using namespace exo;
using store_test::Contents;
using store_test::MemoryDisk;

constexpr std::uint64_t bytes = 18u << 20, member_bytes = 10u << 20;
constexpr unsigned members = 3;

void require(bool holds) {
    if (!holds)
        std::abort();
}

files::Clock clock_of_zero() {
    return {[](void*) { return std::int64_t{0}; }, nullptr};
}

using Disks = std::vector<std::unique_ptr<MemoryDisk>>;

Disks make(bool set, const Disks* base) {
    Disks disks;
    for (unsigned i = 0; i < (set ? members : 1u); i++)
        disks.push_back(std::make_unique<MemoryDisk>(store_test::DiskSpec{.bytes = set ? member_bytes : bytes},
                                                     base ? &(*base)[i]->contents : nullptr));
    return disks;
}

std::vector<block::Device*> given(const Disks& disks) {
    std::vector<block::Device*> devices;
    for (const auto& disk : disks)
        devices.push_back(disk.get());
    return devices;
}

// Empty file systems, made once.
const Disks& good(bool set) {
    const auto create = [](bool of_set) {
        Disks disks = make(of_set, nullptr);
        const store::CreateSpec spec{.salt = 1, .data_disks = of_set ? 2u : 0u, .parity_disks = of_set ? 1u : 0u};
        require(files::Files::create(given(disks), spec, clock_of_zero()).has_value());
        return disks;
    };
    static const Disks alone = create(false), three = create(true);
    return set ? three : alone;
}

// Changes one copy of a label or superblock; both have their checksum in the same place. `how`: 1:0 the member; 2 its
// label; 3 the second copy; 4 the checksum is left as it is.
void change(const Disks& disks, unsigned how, fuzz::Input& input) {
    static_assert(offsetof(store::Superblock, crc32c) == offsetof(store::MemberLabel, crc32c) &&
                  sizeof(store::Superblock) == sizeof(store::MemberLabel));
    MemoryDisk& disk = *disks[(how & 3) % disks.size()];
    const bool set = disks.size() > 1, label = (how & 4) != 0, second = (how & 8) != 0;
    std::uint64_t at = label ? store::label_byte : 0;
    if (second)
        at = disk.bytes() - (set && !label ? 2 : 1) * std::uint64_t{store::page_bytes};
    std::byte octets[sizeof(store::Superblock)];
    disk.contents.read(at, octets, sizeof octets);
    fuzz::patch(input, octets);
    if ((how & 16) == 0) {
        std::byte* const sum = octets + offsetof(store::Superblock, crc32c);
        std::memset(sum, 0, 4);
        const std::uint32_t right = coding::crc32c(0, octets, sizeof octets);
        std::memcpy(sum, &right, 4);
    }
    disk.contents.write(at, octets, sizeof octets);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    const unsigned mode = input.octet();
    const bool set = (mode & 1) != 0, spares = set && (mode & 2) != 0, blank = set && (mode & 4) != 0;
    Disks disks = make(set, &good(set));
    for (unsigned changes = input.octet() % 16; changes != 0; changes--)
        change(disks, input.octet(), input);
    if (blank)
        disks[1] = std::make_unique<MemoryDisk>(store_test::DiskSpec{.bytes = member_bytes});
    std::vector<block::Device*> devices = given(disks);
    if (set && (mode & 8) != 0)
        devices.erase(devices.begin() + (mode >> 5) % members);
    if (set && (mode & 16) != 0 && !spares)
        devices.push_back(disks[(mode >> 5) % members].get());
    {
        files::Files files(devices, clock_of_zero());
        if (!files.open({.cache_bytes = 4u << 20, .spares = spares}))
            return 0;
        if (files.store().disk().spares() != 0 && !files.store().rebuild())
            return 0;
        files::CheckReport report;
        require(files::check(files, report).has_value());
        if (!files.create(files.root(), "a-new-name", files::mode_type::regular, {}) || !files.close())
            return 0;
    }
    files::Files again(devices, clock_of_zero());
    require(again.open({.cache_bytes = 4u << 20}).has_value());
    require(again.lookup(again.root(), "a-new-name").has_value());
    return 0;
}
