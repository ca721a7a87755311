// See catalogue.hpp.
#include "steward/catalogue.hpp"

#include "libos/coding/checksum.hpp"

#include <algorithm>

namespace exo::steward {

namespace {

constexpr char magic[8] = {'e', 'x', 'o', 'c', 'a', 't', 'a', 'l'};
constexpr std::uint32_t version = 1;
constexpr std::uint64_t sequences_max = 1ull << 62; // nobody lives to see it

std::string_view name_of(const CatalogueEntry& entry) {
    return {entry.name, std::string_view(entry.name, sizeof entry.name).find('\0')};
}

bool blank(const CataloguePage& page) {
    auto* bytes = reinterpret_cast<const unsigned char*>(&page); // Safe: octets of an object.
    return std::all_of(bytes, bytes + sizeof page, [](unsigned char byte) { return byte == 0; });
}

std::uint32_t checksum(const CataloguePage& page) {
    CataloguePage copy = page;
    copy.crc32c = 0;
    return coding::crc32c(0, &copy, sizeof copy);
}

bool has_magic(const CataloguePage& page) {
    return std::equal(magic, magic + sizeof magic, page.magic);
}

bool intact(const CataloguePage& page) {
    return has_magic(page) && page.crc32c == checksum(page);
}

// Whether there is a next page, and every entry is whole pages of the disk behind the catalogue, has a name of its own,
// and overlaps no other.
bool sensible(const CataloguePage& page) {
    if (page.count > catalogue_entries_max || page.sequence == 0 || page.sequence >= sequences_max)
        return false;
    const std::uint64_t least = extents_at / page.block_bytes, step = extent_alignment / page.block_bytes;
    for (std::uint32_t i = 0; i < page.count; i++) {
        const CatalogueEntry& entry = page.entries[i];
        if (entry.name[0] == 0 || entry.name[extent_name_max] != 0 || entry.count == 0 || entry.first < least ||
            entry.first >= page.blocks || entry.count > page.blocks - entry.first || entry.first % step != 0 ||
            entry.count % step != 0 || (entry.state != ExtentState::Unclean && entry.state != ExtentState::Ready))
            return false;
        for (std::uint32_t j = 0; j < i; j++) {
            const CatalogueEntry& other = page.entries[j];
            if (name_of(other) == name_of(entry) ||
                (other.first < entry.first + entry.count && entry.first < other.first + other.count))
                return false;
        }
    }
    return true;
}

} // namespace

const char* Catalogue::open(std::span<const CataloguePage, 2> copies, std::uint64_t blocks, std::uint32_t block_bytes) {
    page_ = {};
    const CataloguePage* best = nullptr;
    for (std::size_t i = 0; i < copies.size(); i++)
        if (intact(copies[i]) && copies[i].sequence % 2 == i && (!best || copies[i].sequence > best->sequence))
            best = &copies[i];
    if (!best) {
        if (has_magic(copies[0]) || has_magic(copies[1]))
            return "the catalogue of a shared disk is damaged in both copies";
        if (!blank(copies[0]) || !blank(copies[1]))
            return "a disk that is to be shared holds something else, and no catalogue";
        std::copy(magic, magic + sizeof magic, page_.magic);
        page_.version = version;
        page_.blocks = blocks;
        page_.block_bytes = block_bytes;
        return blocks * block_bytes > extents_at ? nullptr : "a disk that is to be shared is too small";
    }
    if (best->version != version)
        return "the catalogue of a shared disk is of a version that is not known here";
    if (best->blocks > blocks || best->block_bytes != block_bytes)
        return "the catalogue of a shared disk is of a larger disk, or of one with other blocks";
    if (!sensible(*best))
        return "the catalogue of a shared disk contradicts itself";
    page_ = *best;
    page_.blocks = blocks; // it may have grown
    return nullptr;
}

CatalogueEntry* Catalogue::entry(std::string_view name) {
    for (CatalogueEntry& entry : std::span(page_.entries).first(page_.count))
        if (name_of(entry) == name)
            return &entry;
    return nullptr;
}

const CatalogueEntry* Catalogue::find(std::string_view name) const {
    return const_cast<Catalogue*>(this)->entry(name); // Safe: nothing is changed.
}

Catalogue::Run Catalogue::free_run(std::uint64_t least) const {
    const std::uint64_t step = extent_alignment / page_.block_bytes;
    Run best{0, 0};
    std::uint64_t at = extents_at / page_.block_bytes;
    while (at < page_.blocks) {
        // The entry at or next behind this place.
        std::uint64_t end = page_.blocks, past = page_.blocks;
        for (const CatalogueEntry& entry : entries())
            if (entry.first + entry.count > at && entry.first < end) {
                end = std::max(entry.first, at);
                past = entry.first + entry.count;
            }
        const std::uint64_t count = (end - at) / step * step;
        if (count > best.count && count >= least) {
            best = {at, count};
            if (least != 0)
                return best;
        }
        at = past;
    }
    return best;
}

const char* Catalogue::add(std::string_view name, std::uint64_t bytes) {
    if (name.empty() || name.size() > extent_name_max || name.find('\0') != std::string_view::npos)
        return "a name is too long for a shared disk";
    if (is_new())
        return "a shared disk has no catalogue yet";
    if (entry(name))
        return "a shared disk has an extent of that name";
    if (page_.count == catalogue_entries_max)
        return "a shared disk has no room for another extent";
    const std::uint64_t wanted = (bytes + extent_alignment - 1) / extent_alignment * extent_alignment;
    const std::uint64_t blocks = wanted / page_.block_bytes;
    const Run run = wanted < bytes ? Run{0, 0} : free_run(blocks);
    if (run.count == 0)
        return "a shared disk has not so much room left";
    CatalogueEntry& added = page_.entries[page_.count++];
    added = {{}, run.first, blocks ? blocks : run.count, ExtentState::Unclean, 0};
    std::copy(name.begin(), name.end(), added.name);
    return nullptr;
}

void Catalogue::set_ready(std::string_view name) {
    if (CatalogueEntry* found = entry(name))
        found->state = ExtentState::Ready;
}

bool Catalogue::remove(std::string_view name) {
    CatalogueEntry* found = entry(name);
    if (!found)
        return false;
    *found = page_.entries[--page_.count];
    page_.entries[page_.count] = {};
    return true;
}

const CataloguePage& Catalogue::seal() {
    page_.sequence++;
    page_.crc32c = checksum(page_);
    return page_;
}

} // namespace exo::steward
