// Records grow from behind the header on. When the batch has pages, header and records are moved to the end of their
// memory, so that on disk and in a command they are followed by the pages.
#include "libos/store/batch.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/store/checksum.hpp"

namespace exo::store {

namespace {
// What one page can need in records: a run of its own.
constexpr std::uint32_t page_record_room = record_room(sizeof(MapRecord) + sizeof(std::uint64_t));

std::span<const std::byte> octets_of(const auto& object) {
    return {reinterpret_cast<const std::byte*>(&object), sizeof object}; // Safe: plain data of the format.
}
} // namespace

std::uint32_t record_seed(std::uint64_t salt, std::uint64_t sequence) {
    const std::uint64_t words[] = {salt, sequence};
    return crc32c(0, words, sizeof words);
}

std::uint32_t record_checksum(std::uint32_t seed, const RecordHeader& header, const std::byte* payload) {
    return crc32c(crc32c(seed, &header.bytes, sizeof header - sizeof header.crc32c), payload, header.bytes);
}

std::uint32_t header_checksum(std::uint64_t salt, const BatchHeader& header) {
    return crc32c(static_cast<std::uint32_t>(salt ^ salt >> 32), &header, sizeof header - sizeof header.crc32c);
}

Status Batch::open(Disk& disk) {
    memory_ = disk.allocate(batch_meta_bytes_max);
    if (!memory_.address)
        return fail(Problem::NoMemory);
    return {};
}

void Batch::close(Disk& disk) {
    if (memory_.address)
        disk.release(memory_);
    memory_ = {};
}

void Batch::begin(std::uint64_t salt, std::uint64_t sequence, std::uint32_t pages_max) {
    salt_ = salt;
    sequence_ = sequence;
    seed_ = record_seed(salt, sequence);
    record_bytes_ = page_count_ = disk_bytes_ = promised_ = 0;
    pages_max_ = pages_max;
    streams_ = {};
}

bool Batch::fits(std::uint32_t record_octets, std::uint32_t pages) const {
    const std::uint64_t octets = sizeof(BatchHeader) + record_bytes_ + promised_ + std::uint64_t{record_octets} +
                                 (page_count_ + pages) * page_record_room;
    return page_count_ + pages <= pages_max_ && octets <= batch_meta_bytes_max;
}

void Batch::add_record(RecordType type, std::span<const std::byte> payload, std::span<const std::byte> rest) {
    std::byte* const at = memory_.address + sizeof(BatchHeader) + record_bytes_;
    RecordHeader header{.crc32c = 0,
                        .bytes = static_cast<std::uint16_t>(payload.size() + rest.size()),
                        .type = static_cast<std::uint8_t>(type),
                        .zero = 0};
    const std::uint32_t room = record_room(header.bytes);
    std::byte* const body = at + sizeof header;
    copy_bytes(body, payload.data(), payload.size());
    copy_bytes(body + payload.size(), rest.data(), rest.size());
    fill_bytes(body + header.bytes, 0, room - sizeof header - header.bytes);
    header.crc32c = record_checksum(seed_, header, body);
    copy_bytes(at, &header, sizeof header);
    record_bytes_ += room;
}

void Batch::add_page(Page& page) {
    page.slot = static_cast<std::uint16_t>(page_count_);
    pages_[page_count_++] = &page;
}

void Batch::remove_page(Page& page) {
    pages_[page.slot] = nullptr;
}

void Batch::add_streams(std::span<Page* const> pages, std::span<StreamEntry> entries) {
    for (Page* const page : pages)
        add_page(*page);
    streams_ = entries;
}

// How many pages from `at` on are neighbours in their object, too.
std::uint32_t Batch::run_from(std::uint32_t at) const {
    std::uint32_t count = 1;
    while (at + count < page_count_ && count < map_run_max && pages_[at + count]->object == pages_[at]->object &&
           pages_[at + count]->index == pages_[at]->index + count)
        count++;
    return count;
}

std::uint32_t Batch::disk_bytes(const Geometry& geometry) {
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < page_count_; i++)
        if (pages_[i])
            pages_[kept++] = pages_[i];
    page_count_ = kept;
    std::uint32_t octets = sizeof(BatchHeader) + record_bytes_;
    for (std::uint32_t i = 0, run; i < page_count_; i += run) {
        run = run_from(i);
        octets += record_room(static_cast<std::uint32_t>(sizeof(MapRecord) + run * sizeof(std::uint64_t)));
    }
    octets += streams_room(streams_.size());
    meta_bytes_ = geometry.whole_blocks(octets);
    disk_bytes_ = geometry.whole_rows(meta_bytes_ + page_count_ * page_bytes);
    return disk_bytes_;
}

void Batch::add_maps(std::uint64_t first_sector) {
    constexpr std::uint32_t at_once = 32;
    const std::byte* memories[at_once];
    for (std::uint32_t first = 0, count; first < page_count_; first += count) {
        for (count = 0; count < at_once && first + count < page_count_; count++) {
            memories[count] = pages_[first + count]->memory;
            checksums_[first + count] = page_checksum_seed(salt_, first_sector + (first + count) * page_sectors);
        }
        coding::crc64_of_pages({memories, count}, checksums_ + first);
    }
    for (std::uint32_t i = 0, run; i < page_count_; i += run) {
        run = run_from(i);
        const MapRecord map{.object = pages_[i]->object,
                            .index = pages_[i]->index,
                            .sector = first_sector + i * page_sectors,
                            .count = run};
        // Safe: checksums are plain octets on disk.
        add_record(holds_streams() ? RecordType::Packed : RecordType::Map, octets_of(map),
                   {reinterpret_cast<const std::byte*>(&checksums_[i]), run * sizeof checksums_[0]});
    }
}

void Batch::add_entries(std::uint64_t first_sector) {
    for (StreamEntry& entry : streams_)
        entry.sector = first_sector + entry.sector * page_sectors;
    for (std::span<StreamEntry> rest = streams_; !rest.empty();) {
        const std::size_t count = rest.size() < stream_entries_max ? rest.size() : stream_entries_max;
        add_record(RecordType::Stream, std::as_bytes(rest.first(count)));
        rest = rest.subspan(count);
    }
}

void Batch::seal(const Geometry& geometry, const BatchPlace& place) {
    first_page_sector_ = place.sector + meta_bytes_ / sector_bytes;
    add_maps(first_page_sector_);
    add_entries(first_page_sector_);
    const std::uint32_t used = sizeof(BatchHeader) + record_bytes_;
    fill_bytes(memory_.address + used, 0, geometry.whole_blocks(used) - used);
    header_ = memory_.address;
    if (page_count_) {
        header_ += batch_meta_bytes_max - meta_bytes_;
        move_bytes(header_, memory_.address, meta_bytes_);
    }
    pieces_[0] = {header_, memory_.device_address + static_cast<std::uint64_t>(header_ - memory_.address), meta_bytes_};
    for (std::uint32_t i = 0; i < page_count_; i++)
        pieces_[1 + i] = {pages_[i]->memory, pages_[i]->device_address, page_bytes};
    stamp(place);
}

void Batch::stamp(const BatchPlace& place) {
    sector_ = place.sector;
    BatchHeader header{.magic = batch_magic ^ salt_,
                       .sequence = sequence_,
                       .segment_sequence = place.segment_sequence,
                       .sector = place.sector,
                       .record_bytes = record_bytes_,
                       .page_count = page_count_,
                       .next_segment = place.next_segment,
                       .kind = static_cast<std::uint16_t>(place.kind),
                       .zero = 0,
                       .zeroes = {},
                       .records_crc32c = crc32c(seed_, header_ + sizeof(BatchHeader), record_bytes_),
                       .crc32c = 0};
    header.crc32c = header_checksum(salt_, header);
    copy_bytes(header_, &header, sizeof header);
}

} // namespace exo::store
