// See write_log.hpp.
#include "tests/power-cuts/write_log.hpp"

#include <cstring>
#include <fstream>

namespace power_cuts {

namespace {

constexpr std::uint64_t log_magic = 0x6a73'6677'7368'72, log_version = 1;
constexpr std::uint64_t unit = 512; // sectors of an entry are counted so, unless the disk has longer ones
namespace flag {
constexpr std::uint64_t flush = 1u << 0, unit_access = 1u << 1, discard = 1u << 2, mark = 1u << 3;
}

struct Head {
    std::uint64_t magic, version, entries;
    std::uint32_t sector_bytes;
};
struct Entry {
    std::uint64_t sector, sectors, flags, data_bytes;
};

template <typename Value>
bool read(std::ifstream& file, std::uint64_t at, Value& value) {
    // Safe: a structure of numbers, viewed as characters.
    return static_cast<bool>(
        file.seekg(static_cast<std::streamoff>(at)).read(reinterpret_cast<char*>(&value), sizeof value));
}

} // namespace

std::expected<std::vector<store_test::Event>, std::string> read_write_log(const std::filesystem::path& path) {
    using Kind = store_test::Event::Kind;
    std::ifstream file(path, std::ios::binary);
    Head head{};
    if (!read(file, 0, head) || head.magic != log_magic || head.version != log_version || head.sector_bytes < unit)
        return std::unexpected(path.string() + " is no record of writes");
    std::vector<store_test::Event> events;
    std::uint64_t at = head.sector_bytes;
    for (std::uint64_t index = 0; index < head.entries; ++index) {
        Entry entry{};
        if (!read(file, at, entry))
            return std::unexpected(path.string() + " ends in the middle of an entry");
        at += head.sector_bytes;
        if ((entry.flags & (flag::discard | flag::mark)) != 0)
            return std::unexpected(path.string() + " has an entry that nothing here writes");
        if (entry.sectors != 0) {
            store_test::Event event{.kind = (entry.flags & flag::unit_access) != 0 ? Kind::DurableWrite : Kind::Write,
                                    .at = entry.sector * head.sector_bytes,
                                    .octets = store_test::Octets(entry.sectors * head.sector_bytes)};
            // Safe: octets viewed as characters.
            if (!file.seekg(static_cast<std::streamoff>(at))
                     .read(reinterpret_cast<char*>(event.octets.data()),
                           static_cast<std::streamsize>(event.octets.size())))
                return std::unexpected(path.string() + " ends in the middle of an entry");
            at += event.octets.size();
            events.push_back(std::move(event));
        }
        if ((entry.flags & flag::flush) != 0)
            events.push_back({.kind = Kind::Flush, .at = 0, .octets = {}});
    }
    return events;
}

} // namespace power_cuts
