// Checkpoints: the whole index and the keeper's records, written twice into segments of their own; then the superblocks
// that name them. Until those are written, everything that the old ones name stays as it is.
#include "libos/memory/bytes.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

class Store::CheckpointWriter final : public RecordSink {
public:
    CheckpointWriter(Store& store, Batch& batch) : store_(store), batch_(batch) {}

    Status begin(Superblock& super) {
        const std::uint64_t first = super.generation << generation_shift; // apart from those of every other checkpoint
        for (unsigned copy = 0; copy < 2; copy++) {
            const std::uint32_t segment = take(), next = take();
            if (segment == store_.segments_.count() || next == store_.segments_.count())
                return fail(Problem::NoSpace);
            at_[copy] = {store_.geometry_.segment_sector(segment), first, first, segment, next};
            super.checkpoint[copy] = {at_[copy].sector, first, first, segment, next};
        }
        batch_.begin(store_.super_.salt, first, 0);
        return {};
    }

    bool add(std::span<const std::byte> record) override { return add(RecordType::Keeper, record, {}); }
    bool add(RecordType type, std::span<const std::byte> payload, std::span<const std::byte> rest) {
        const auto octets = static_cast<std::uint32_t>(payload.size() + rest.size());
        if (status_ && !batch_.fits(record_room(octets), 0))
            status_ = write();
        if (status_)
            batch_.add_record(type, payload, rest);
        return status_.has_value();
    }
    bool add_packed(const PackedPage& page);
    bool add_object(const Object& object);
    bool add_streams(const Object& object);

    Status finish(std::uint64_t& batches) {
        if (status_ && !batch_.empty())
            status_ = write();
        for (ChainPosition& at : at_) // the next segments were not needed
            store_.segments_[at.next_segment].state = SegmentState::Data;
        batches = batches_;
        return status_;
    }

private:
    std::uint32_t take() { return store_.segments_.take(store_.durable_, SegmentState::Fresh); }

    Status write() {
        const std::uint32_t bytes = batch_.disk_bytes(store_.geometry_);
        const std::uint64_t sectors = bytes / sector_bytes;
        for (unsigned copy = 0; copy < 2; copy++) {
            ChainPosition& at = at_[copy];
            if (at.sector + sectors > store_.geometry_.segment_end_sector(at.segment)) {
                at.enter_next_segment(store_.geometry_);
                at.next_segment = take();
                if (at.next_segment == store_.segments_.count())
                    return fail(Problem::NoSpace);
            }
            const BatchPlace place{at.sector, at.segment_sequence, at.next_segment, BatchKind::Checkpoint};
            copy == 0 ? batch_.seal(store_.geometry_, place) : batch_.stamp(place);
            if (const Status written = store_.disk_.write(at.sector * sector_bytes, batch_.pieces()[0]); !written)
                return written;
            at.sector += sectors;
            at.sequence++;
        }
        store_.counters_.checkpoint_bytes += 2 * bytes;
        batches_++;
        batch_.begin(store_.super_.salt, at_[0].sequence, 0);
        return {};
    }

    Store& store_;
    Batch& batch_;
    ChainPosition at_[2];
    std::uint64_t batches_ = 0;
    Status status_;
};

// As few records as there are runs of neighbours.
bool Store::CheckpointWriter::add_object(const Object& object) {
    MapRecord map{};
    std::uint64_t checksums[map_run_max];
    const auto flush = [&] {
        // Safe: plain data of the format.
        return map.count == 0 || add(RecordType::Map, {reinterpret_cast<const std::byte*>(&map), sizeof map},
                                     {reinterpret_cast<const std::byte*>(checksums), map.count * sizeof checksums[0]});
    };
    Place* place;
    for (std::uint64_t index = 0; object.pages.next(index, place); index++) {
        if (place->is_packed())
            continue;
        const bool joins = map.count && map.count < map_run_max && index == map.index + map.count &&
                           place->sector == map.sector + map.count * page_sectors &&
                           store_.geometry_.segment_of(place->sector) == store_.geometry_.segment_of(map.sector);
        if (!joins) {
            if (!flush())
                return false;
            map = {object.id, index, place->sector, 0};
        }
        checksums[map.count++] = place->checksum;
    }
    return flush() && (store_.packed_.streams() == 0 || add_streams(object));
}

// Before the objects: what a stream lies in is known before the stream.
bool Store::CheckpointWriter::add_packed(const PackedPage& page) {
    const MapRecord map{.object = 0, .index = 0, .sector = page.sector, .count = 1};
    // Safe: plain data of the format.
    return page.streams == 0 || add(RecordType::Packed, {reinterpret_cast<const std::byte*>(&map), sizeof map},
                                    {reinterpret_cast<const std::byte*>(&page.checksum), sizeof page.checksum});
}

bool Store::CheckpointWriter::add_streams(const Object& object) {
    StreamEntry entries[stream_entries_max];
    std::uint32_t count = 0;
    const auto flush = [&] {
        const std::uint32_t full = count;
        count = 0;
        return full == 0 || add(RecordType::Stream, std::as_bytes(std::span(entries, full)), {});
    };
    Place* place;
    for (std::uint64_t index = 0; object.pages.next(index, place); index++) {
        if (!place->is_packed())
            continue;
        if (count == stream_entries_max && !flush())
            return false;
        entries[count++] = {.object = object.id,
                            .index = index,
                            .sector = place->stream_sector(),
                            .offset = static_cast<std::uint16_t>(place->stream_offset()),
                            .bytes = static_cast<std::uint16_t>(place->stream_bytes()),
                            .zero = 0};
    }
    return flush();
}

Status Store::write_checkpoint(bool fresh_log) {
    Superblock super = super_;
    super.generation++;
    ChainPosition log = log_;
    if (fresh_log) {
        // What lies where the log ended is torn, and must never look like its continuation: another segment, and a
        // sequence number that was never used.
        log.segment = segments_.take(durable_, SegmentState::Fresh);
        log.next_segment = segments_.take(durable_, SegmentState::Fresh);
        if (log.segment == segments_.count() || log.next_segment == segments_.count())
            return give_up(Problem::NoSpace);
        log.sector = geometry_.segment_sector(log.segment);
        log.segment_sequence += 2;
        log.sequence += 2;
    }
    CheckpointWriter writer(*this, other_batch());
    Status status = writer.begin(super);
    if (status)
        keeper_.snapshot(writer);
    packed_.each([&](const PackedPage& page) { status ? (void)writer.add_packed(page) : (void)0; });
    objects_.each([&](Object& object) { status ? (void)writer.add_object(object) : (void)0; });
    if (status)
        status = writer.finish(super.checkpoint_batches);
    if (status)
        status = disk_.flush();
    if (!status)
        return give_up(status.error());
    super.log = {log.sector, log.sequence, log.segment_sequence, log.segment, log.next_segment};
    if (status = write_superblock(disk_, scratch_, super); !status)
        return give_up(status.error());
    super_ = super;
    log_ = log;
    log_bytes_ = 0;
    durable_ = log_.sequence - 1;
    segments_.change_all(SegmentState::Checkpoint, SegmentState::Data);
    segments_.change_all(SegmentState::Log, SegmentState::Data);
    segments_.change_all(SegmentState::Fresh, SegmentState::Checkpoint);
    segments_[log_.segment].state = segments_[log_.next_segment].state = SegmentState::Log;
    segments_[log_.segment].sequence = log_.segment_sequence;
    counters_.checkpoints++;
    begin_open_batch();
    return {};
}

Status Store::checkpoint() {
    if (!writable_)
        return fail(Problem::ReadOnly);
    if (const Status committed = commit(); !committed)
        return committed;
    return write_checkpoint(false);
}

} // namespace exo::store
