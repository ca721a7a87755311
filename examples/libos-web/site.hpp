// A site: documents on a disk, laid out for the wire. A document's octets lie in slots of half a page, each with as
// many as one TCP segment carries and with their checksums beside them, so that a page as it was read is two packets as
// they are sent. Written once, by `lay_out`; served from then on by whoever opens it. All numbers are little endian.
#pragma once

#include "libos/archive/archive.hpp"
#include "libos/block/device.hpp"

#include <span>
#include <string_view>

namespace web {

inline constexpr std::uint32_t page_bytes = 4096, slot_bytes = 2048, slots_per_page = 2;
// Ethernet's 1500 less the headers of IPv4 and of TCP with timestamps.
inline constexpr std::uint32_t slot_octets_max = 1448;

// The last octets of a slot.
struct SlotEnd {
    std::uint16_t octets; // from the slot's beginning
    std::uint16_t sum;    // of the Internet checksum (RFC 1071), folded
    std::uint32_t crc;    // CRC32C of the octets, and then of `octets` and `sum`
};
inline constexpr std::uint32_t slot_end = slot_bytes - sizeof(SlotEnd);

inline constexpr std::size_t path_octets_max = 199;

// A document. The first slot has fewer octets by as many as its response's header has, so that header and slot fill a
// segment.
struct Document {
    char path[path_octets_max + 1]; // with the slash that it begins with
    std::uint64_t octets;
    std::uint64_t first_page;
    std::uint64_t modified_s; // UTC since 1970; as the archive says, or when it was laid out
    std::uint32_t tag;        // CRC32C of all octets
    std::uint32_t header_octets;
    std::uint64_t reserved[2];
    std::uint32_t reserved_too;
    std::uint32_t crc; // CRC32C of what comes before it

    std::string_view name() const { return path; }
    std::uint32_t first_octets() const { return slot_octets_max - header_octets; }
    std::uint64_t slots() const {
        return octets <= first_octets() ? octets != 0
                                        : 1 + (octets - first_octets() + slot_octets_max - 1) / slot_octets_max;
    }
    std::uint64_t pages() const { return (slots() + slots_per_page - 1) / slots_per_page; }
};
static_assert(sizeof(Document) == 256);
inline constexpr std::uint32_t documents_per_page = page_bytes / sizeof(Document);
inline constexpr std::uint64_t documents_max = 1 << 20;

// Page 0. The table of documents, sorted by path, follows it, and then the documents.
struct Superblock {
    char magic[8];
    std::uint32_t version;
    std::uint32_t reserved;
    std::uint64_t documents;
    std::uint64_t pages; // of everything
    std::uint32_t reserved_too;
    std::uint32_t crc; // CRC32C of what comes before it

    std::uint64_t table_pages() const { return (documents + documents_per_page - 1) / documents_per_page; }
};
inline constexpr std::string_view site_magic = "exo-web\n";
inline constexpr std::uint32_t site_version = 1;

class Site {
public:
    enum class State : std::uint8_t { Sound, Blank, Bad };

    // Reads the table. Blank: nothing is on the disk, as far as its first page says. Bad: `problem` says why, and the
    // disk is not to be touched.
    State open(exo::block::Device& disk);
    const char* problem() const { return problem_; }

    std::uint64_t pages() const { return pages_; }
    std::span<const Document> documents() const { return documents_; }
    // Null: there is none of that path.
    const Document* find(std::string_view path) const;

private:
    State bad(const char* problem) {
        problem_ = problem;
        return State::Bad;
    }

    const char* problem_ = nullptr;
    std::uint64_t pages_ = 0;
    std::span<Document> documents_;
};

// Writes all files below `folder` of an archive as a site. The superblock is written last, so that a site is there
// whole or not at all. Null, or what is wrong, in words.
const char* lay_out(exo::block::Device& disk, const exo::archive::Archive& archive, std::string_view folder);

} // namespace web
