// Everything read is untrusted: a header is believed when its checksum, seeded with the store's salt, and its own place
// are right, and even then every length is held to the segment.
#include "libos/store/chain_reader.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/store/checksum.hpp"

namespace exo::store {

namespace {
constexpr std::uint32_t window_bytes_max = 64 * 1024;
static_assert(window_bytes_max >= batch_meta_bytes_max);
} // namespace

bool next_record(std::span<const std::byte>& records, RecordView& record) {
    if (records.empty())
        return false;
    RecordHeader header;
    copy_bytes(&header, records.data(), sizeof header);
    record = {static_cast<RecordType>(header.type), records.subspan(sizeof header, header.bytes)};
    records = records.subspan(record_room(header.bytes));
    return true;
}

bool names_pages(const RecordView& record) {
    return (record.type == RecordType::Map || record.type == RecordType::Packed) &&
           record.payload.size() >= sizeof(MapRecord);
}

Status ChainReader::open() {
    window_ = disk_.allocate(window_bytes_max);
    page_ = disk_.allocate(page_bytes);
    if (!window_.address || !page_.address)
        return fail(Problem::NoMemory);
    return {};
}

void ChainReader::close() {
    if (window_.address)
        disk_.release(window_);
    if (page_.address)
        disk_.release(page_);
    window_ = page_ = {};
}

Result<const std::byte*> ChainReader::at(std::uint64_t sector, std::uint32_t bytes) {
    if (sector < window_sector_ || sector * sector_bytes + bytes > window_sector_ * sector_bytes + window_bytes_) {
        const std::uint64_t end = geometry_.segment_end_sector(geometry_.segment_of(sector));
        const std::uint64_t left = (end - sector) * sector_bytes;
        window_bytes_ = 0;
        block::Piece piece = window_;
        piece.bytes = static_cast<std::uint32_t>(left < window_bytes_max ? left : window_bytes_max);
        if (const Status read = disk_.read(sector * sector_bytes, piece, bad_); !read)
            return fail(read.error());
        window_sector_ = sector;
        window_bytes_ = piece.bytes;
    }
    return window_.address + (sector - window_sector_) * sector_bytes;
}

bool ChainReader::is_header(const BatchHeader& header, std::uint64_t sector) const {
    if (header.magic != (batch_magic ^ salt_) || header.crc32c != header_checksum(salt_, header))
        return false;
    const std::uint64_t room = geometry_.segment_end_sector(geometry_.segment_of(sector)) - sector;
    return header.sector == sector && header.record_bytes <= batch_meta_bytes_max - sizeof header &&
           header.page_count <= batch_pages_max && header.next_segment < geometry_.segment_count &&
           disk_bytes(header) / sector_bytes <= room;
}

Result<bool> ChainReader::read(const ChainPosition& position, BatchKind kind, BatchView& view) {
    const std::uint32_t block_sectors = geometry_.block_bytes / sector_bytes;
    if (position.sector + block_sectors > geometry_.segment_end_sector(position.segment))
        return false;
    Result<const std::byte*> found = at(position.sector, geometry_.block_bytes);
    if (!found)
        return fail(found.error());
    BatchHeader& header = view.header;
    copy_bytes(&header, *found, sizeof header);
    if (header.magic == (batch_magic ^ salt_) && header.crc32c == header_checksum(salt_, header) &&
        header.sector != position.sector && geometry_.segment_of(header.sector) < geometry_.segment_count)
        misdirected_++;
    if (!is_header(header, position.sector) || header.sequence != position.sequence ||
        header.segment_sequence != position.segment_sequence || header.kind != static_cast<std::uint16_t>(kind))
        return false;
    found = at(position.sector, static_cast<std::uint32_t>(sizeof header) + header.record_bytes);
    if (!found)
        return fail(found.error());
    view.records = {*found + sizeof header, header.record_bytes};
    const std::uint32_t seed = record_seed(salt_, header.sequence);
    if (header.records_crc32c != crc32c(seed, view.records.data(), view.records.size()))
        return false;
    for (std::span<const std::byte> rest = view.records; !rest.empty();) {
        RecordHeader record;
        if (rest.size() < sizeof record)
            return false;
        copy_bytes(&record, rest.data(), sizeof record);
        if (record_room(record.bytes) > rest.size() ||
            record.crc32c != record_checksum(seed, record, rest.data() + sizeof record))
            return false;
        rest = rest.subspan(record_room(record.bytes));
    }
    return true;
}

Result<bool> ChainReader::read_by_redundancy(const ChainPosition& position, BatchKind kind, BatchView& view) {
    if (!disk_.is_set() || position.sector >= geometry_.segment_end_sector(position.segment))
        return false;
    const auto here = static_cast<unsigned>(__builtin_popcount(disk_.present()));
    // A row whose units agree reads the same from whichever of them; only those behind it may not, if it has a header.
    const Result<bool> agrees = disk_.row_agrees(position.sector, false);
    if (agrees && *agrees) {
        const Result<bool> plain = read(position, kind, view);
        if (!plain || *plain || view.header.magic != (batch_magic ^ salt_) || view.header.sequence != position.sequence)
            return plain;
    }
    bool found = false;
    for (unsigned count = 1; count + disk_.data_disks() <= here && !found; count++)
        found = any_choice(disk_.present(), count, [&](std::uint32_t bad) {
            bad_ = bad;
            window_bytes_ = 0;
            const Result<bool> whole = read(position, kind, view);
            return whole && *whole;
        });
    bad_ = 0;
    window_bytes_ = 0;
    recovered_ += found;
    return found;
}

Result<bool> ChainReader::pages_are_whole(const BatchView& view) {
    const std::uint64_t end = view.header.sector + disk_bytes(view.header) / sector_bytes;
    std::span<const std::byte> records = view.records;
    RecordView record;
    while (next_record(records, record)) {
        if (!names_pages(record))
            continue;
        MapRecord map;
        copy_bytes(&map, record.payload.data(), sizeof map);
        if (map.sector < view.header.sector || map.sector >= end)
            continue; // not of this batch
        if (map.count > map_run_max || record.payload.size() != sizeof map + map.count * sizeof(std::uint64_t) ||
            !geometry_.holds_pages(map.sector, map.count))
            return false;
        for (std::uint64_t i = 0; i < map.count; i++) {
            std::uint64_t checksum;
            copy_bytes(&checksum, record.payload.data() + sizeof map + i * sizeof checksum, sizeof checksum);
            const std::uint64_t sector = map.sector + i * page_sectors;
            if (const Result<bool> read = disk_.read_page(sector, page_, salt_, checksum); !read) {
                if (read.error() == Problem::Damaged)
                    return false;
                return fail(read.error());
            }
        }
    }
    return true;
}

Result<bool> ChainReader::finds_later(std::uint64_t from, std::uint64_t segment_sequence, std::uint64_t sequence) {
    const std::uint64_t end = geometry_.segment_end_sector(geometry_.segment_of(from));
    for (std::uint64_t sector = from; sector < end; sector += geometry_.block_bytes / sector_bytes) {
        const Result<const std::byte*> found = at(sector, geometry_.block_bytes);
        if (!found)
            return fail(found.error());
        BatchHeader header;
        copy_bytes(&header, *found, sizeof header);
        if (is_header(header, sector) && header.segment_sequence == segment_sequence && header.sequence >= sequence)
            return true;
    }
    return false;
}

} // namespace exo::store
