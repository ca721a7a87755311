// Several disks of memory that are a set.
#pragma once

#include "tests/unit/store/play.hpp"

#include <algorithm>
#include <bit>

namespace store_test {

struct Code {
    unsigned data, parity;
    unsigned members() const { return data + parity; }
};

class SetOfDisks {
public:
    static std::uint64_t least_bytes(const Code& of) { return of.data == 1 ? 20u << 20 : 10u << 20; }
    // Disks of these bytes (0: few); with `base`, such that show what those of another set hold.
    explicit SetOfDisks(const Code& of, std::uint64_t bytes = 0, const SetOfDisks* base = nullptr,
                        std::uint32_t offers = exo::block::disk_offer::volatile_cache |
                                               exo::block::disk_offer::force_unit_access)
        : code(of) {
        for (unsigned i = 0; i < code.members(); i++)
            disks.push_back(
                std::make_unique<MemoryDisk>(DiskSpec{.bytes = bytes ? bytes : least_bytes(code), .offers = offers},
                                             base ? &base->disks[i]->contents : nullptr));
    }

    // The disks that are not of `missing`, in an order that the seed says.
    std::vector<exo::block::Device*> given(std::uint32_t missing = 0, std::uint64_t seed = 1) const {
        std::vector<exo::block::Device*> devices;
        for (unsigned i = 0; i < code.members(); i++)
            if (!(missing >> i & 1))
                devices.push_back(disks[i].get());
        std::mt19937_64 random(seed);
        std::ranges::shuffle(devices, random);
        return devices;
    }
    Status create(std::uint64_t salt = 0x5a17, std::uint8_t name = 1, Moved moved = Moved::AsIs) {
        CreateSpec spec = test_spec(salt, moved);
        spec.uuid[0] = name;
        spec.data_disks = code.data;
        spec.parity_disks = code.parity;
        std::vector<exo::block::Device*> devices;
        for (const auto& disk : disks)
            devices.push_back(disk.get());
        return Store::create(devices, spec);
    }

    Code code;
    std::vector<std::unique_ptr<MemoryDisk>> disks;
};

// A random choice of that many members.
inline std::uint32_t some_members(const Code& code, unsigned count, std::mt19937_64& random) {
    std::uint32_t bits = 0;
    while (static_cast<unsigned>(std::popcount(bits)) < count)
        bits |= 1u << random() % code.members();
    return bits;
}

} // namespace store_test
