// Reading everything that is in use and holding it to its checksums: pages by the index, the index and the log by their
// chains, and on a set the parity of every row that holds any of these. What is damaged but known to others is written
// anew; the index, by a checkpoint.
#include "libos/memory/bytes.hpp"
#include "libos/store/checksum.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

class Store::Scrubber {
public:
    Scrubber(Store& store, ScrubReport& report, bool repair) : store_(store), report_(report), repair_(repair) {}
    ~Scrubber() {
        if (rows_)
            heap_free(rows_);
    }

    Status run() {
        const Geometry& geometry = store_.geometry_;
        const std::uint64_t octets = row_of(geometry.segment_sector(geometry.segment_count)) / 8 + 1;
        rows_ = store_.disk_.is_set() ? static_cast<std::uint8_t*>(heap_allocate(octets)) : nullptr;
        if (store_.disk_.is_set() && !rows_)
            return fail(Problem::NoMemory);
        if (rows_)
            fill_bytes(rows_, 0, octets);
        Status status;
        store_.objects_.each([&](Object& object) { status = status ? check_pages(object) : status; });
        if (status)
            status = check_chains();
        if (status)
            status = check_rows();
        find_misdirected();
        const bool index_is_whole = report_.false_batches == 0 && copies_are_whole_;
        if (status && repair_ && !index_is_whole)
            status = store_.write_checkpoint(false);
        report_.repaired = status && repair_ && report_.damaged_pages == 0 && unmended_ == 0;
        return status;
    }

private:
    // What was found where a page should be.
    struct Damage {
        std::uint64_t sector, checksum;
        std::uint64_t found; // CRC64 of what is there, from 0
        bool read;
    };
    static constexpr unsigned damages_max = 64;
    std::uint64_t checked_sector_ = 0; // the last page of streams that is whole

    std::uint64_t row_of(std::uint64_t sector) const {
        const Geometry& geometry = store_.geometry_;
        return (sector - geometry.segment_sector(0)) / (geometry.row_bytes() / sector_bytes);
    }
    void mark(std::uint64_t sector, std::uint64_t bytes, bool used) {
        if (!rows_)
            return;
        const std::uint64_t end = row_of(sector + bytes / sector_bytes - 1);
        for (std::uint64_t row = row_of(sector); row <= end; row++) {
            const auto bit = static_cast<std::uint8_t>(1u << row % 8);
            rows_[row / 8] = static_cast<std::uint8_t>(used ? rows_[row / 8] | bit : rows_[row / 8] & ~bit);
        }
    }

    Status check_pages(Object& object) {
        Place* place;
        for (std::uint64_t index = 0; object.pages.next(index, place); index++) {
            if (place->is_staged())
                continue;
            report_.pages++;
            const Result<bool> whole =
                place->is_packed() ? check_stream(*place) : check_page(place->sector, place->checksum);
            if (!whole)
                return fail(whole.error());
            if (*whole)
                continue;
            store_.counters_.damaged_pages++;
            report_.damaged_pages++;
            if (report_.damaged)
                report_.damaged(report_.context, object.id, index);
        }
        return {};
    }

    // Whether what was written there is known; what is damaged and known is mended.
    Result<bool> check_page(std::uint64_t sector, std::uint64_t checksum) {
        Disk& disk = store_.disk_;
        const std::uint64_t salt = store_.super_.salt;
        mark(sector, page_bytes, true);
        Transfer transfer;
        disk.start(block::Operation::Read, 0, sector * sector_bytes, {&store_.scratch_, 1}, transfer);
        const bool read = disk.finish(transfer).has_value();
        if (read && page_checksum(salt, sector, store_.scratch_.address) == checksum)
            return true;
        if (damage_count_ < damages_max)
            damages_[damage_count_++] = {sector, checksum, crc64(0, store_.scratch_.address, page_bytes), read};
        const Result<bool> known = disk.read_page(sector, store_.scratch_, salt, checksum);
        if (known) {
            // Of a member that is missing altogether nothing is damaged.
            report_.recovered_pages += read;
            if (const Status mended = repair_ && read ? disk.write_page(sector, store_.scratch_) : Status{}; !mended)
                return fail(mended.error());
            return true;
        }
        if (disk.is_gone())
            return fail(known.error());
        mark(sector, page_bytes, false); // its parity may be all that there is
        return false;
    }

    // The pages that a stream lies in, of which neighbours share some, and that it is one.
    Result<bool> check_stream(const Place& place) {
        for (std::uint32_t i = 0; i < place.stream_pages(); i++) {
            const PackedPage& page = *store_.packed_.find(place.stream_sector() + i * page_sectors);
            if (page.sector == checked_sector_)
                continue;
            const Result<bool> whole = check_page(page.sector, page.checksum);
            if (!whole || !*whole)
                return whole;
            checked_sector_ = page.sector;
        }
        return store_.expand(place, store_.scratch_.address).has_value();
    }

    // The checkpoint's copies, and the log up to its end.
    Status check_chains() {
        ChainReader reader(store_.disk_, store_.geometry_, store_.super_.salt);
        if (const Status opened = reader.open(); !opened)
            return opened;
        for (const ChainStart& start : store_.super_.checkpoint)
            check_chain(reader, start, BatchKind::Checkpoint, start.sequence + store_.super_.checkpoint_batches);
        check_chain(reader, store_.super_.log, BatchKind::Log, store_.log_.sequence);
        report_.misdirected_pages += reader.misdirected();
        copies_are_whole_ = superblocks_are_whole(store_.disk_, store_.scratch_, store_.super_);
        return {};
    }

    void check_chain(ChainReader& reader, const ChainStart& start, BatchKind kind, std::uint64_t end) {
        for (ChainPosition at = ChainPosition::of(start); at.sequence < end;) {
            BatchView view;
            ChainPosition next = at;
            next.enter_next_segment(store_.geometry_);
            Result<bool> whole = reader.read(at, kind, view);
            if (whole && !*whole) {
                whole = reader.read(next, kind, view);
                if (whole && *whole)
                    at = next;
            }
            report_.batches++;
            if (!whole || !*whole) {
                // Where the next begins is known only by this one's header.
                report_.false_batches++;
                whole = reader.read_by_redundancy(at, kind, view);
                if (whole && !*whole) {
                    whole = reader.read_by_redundancy(next, kind, view);
                    at = next;
                }
                if (!whole || !*whole)
                    return;
            }
            mark(at.sector, reader.disk_bytes(view.header), true);
            at.pass(reader.disk_bytes(view.header), view.header.next_segment);
        }
    }

    Status check_rows() {
        const Geometry& geometry = store_.geometry_;
        const std::uint64_t sectors = geometry.row_bytes() / sector_bytes, first = geometry.segment_sector(0);
        const std::uint64_t rows = rows_ ? row_of(geometry.segment_sector(geometry.segment_count)) : 0;
        for (std::uint64_t row = 0; row < rows; row++) {
            if (!(rows_[row / 8] >> row % 8 & 1))
                continue;
            report_.rows++;
            const Result<bool> agrees = store_.disk_.row_agrees(first + row * sectors, repair_);
            unmended_ += !agrees;
            report_.false_rows += agrees && !*agrees;
        }
        return {};
    }

    // A page that lies where another belongs has that one's contents, and its own place lacks them. The CRC is linear:
    // what a seed adds to that of a page does not depend on the page.
    void find_misdirected() {
        fill_bytes(store_.scratch_.address, 0, page_bytes);
        const std::uint64_t zeroes = crc64(0, store_.scratch_.address, page_bytes);
        for (unsigned i = 0; i < damage_count_; i++)
            for (unsigned j = 0; j < damage_count_; j++) {
                const std::uint64_t seed =
                    page_checksum(store_.super_.salt, damages_[i].sector, store_.scratch_.address) ^ zeroes;
                if (i != j && damages_[j].read && (damages_[j].found ^ seed) == damages_[i].checksum)
                    report_.misdirected_pages++;
            }
    }

    Store& store_;
    ScrubReport& report_;
    bool repair_;
    bool copies_are_whole_ = true;
    std::uint8_t* rows_ = nullptr; // of a set: a bit a row that holds something
    std::uint64_t unmended_ = 0;
    Damage damages_[damages_max];
    unsigned damage_count_ = 0;
};

Status Store::scrub(ScrubReport& report, bool repair) {
    if (repair && !writable_)
        return fail(Problem::ReadOnly);
    if (const Status committed = commit(); !committed)
        return committed;
    Scrubber scrubber(*this, report, repair);
    return scrubber.run();
}

Status Store::rebuild() {
    if (!writable_)
        return fail(Problem::ReadOnly);
    if (!disk_.spares())
        return {};
    Status status = commit();
    for (std::uint32_t segment = 0; status && segment < geometry_.segment_count; segment++)
        if (segments_[segment].live_pages || segments_[segment].state != SegmentState::Data)
            status = disk_.rebuild(geometry_.segment_sector(segment) * sector_bytes, geometry_.segment_bytes);
    if (status)
        status = disk_.join_spares();
    return status ? write_checkpoint(false) : give_up(status.error());
}

// What was being written when the machine stopped may be on some members only, which is enough to read it, and not
// enough to lose one. Writing the same again is harmless wherever it is already.
Status Store::rewrite_last_batch(ChainReader& reader) {
    if (!disk_.is_set() || !last_is_doubtful_)
        return {};
    BatchView view;
    ChainPosition at = last_replayed_;
    if (const Result<bool> found = find_batch(reader, at, view); !found || !*found)
        return fail(Problem::DeviceFailed);
    const std::uint32_t bytes = reader.disk_bytes(view.header);
    const block::Piece memory = disk_.allocate(bytes);
    if (!memory.address)
        return fail(Problem::NoMemory);
    copy_bytes(memory.address, &view.header, sizeof view.header);
    copy_bytes(memory.address + sizeof view.header, view.records.data(), view.records.size());
    std::span<const std::byte> records{memory.address + sizeof view.header, view.records.size()};
    Status status;
    RecordView record;
    while (status && next_record(records, record)) {
        MapRecord map;
        if (!names_pages(record))
            continue;
        copy_bytes(&map, record.payload.data(), sizeof map);
        if (map.sector < at.sector || map.sector + map.count * page_sectors > at.sector + bytes / sector_bytes)
            continue;
        for (std::uint64_t i = 0; status && i < map.count; i++) {
            const std::uint64_t sector = map.sector + i * page_sectors, offset = (sector - at.sector) * sector_bytes;
            std::uint64_t checksum;
            copy_bytes(&checksum, record.payload.data() + sizeof map + i * sizeof checksum, sizeof checksum);
            const Result<bool> read = disk_.read_page(
                sector, {memory.address + offset, memory.device_address + offset, page_bytes}, super_.salt, checksum);
            status = read ? Status{} : fail(read.error());
        }
    }
    if (status)
        status = disk_.write(at.sector * sector_bytes, memory);
    if (status)
        status = disk_.flush();
    disk_.release(memory);
    return status;
}

} // namespace exo::store
