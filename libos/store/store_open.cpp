// Opening: the superblock, the checkpoint from whichever copy is whole, then the log batch by batch to its end, or to
// the damage that makes it end too early.
#include "libos/memory/bytes.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

Store::~Store() {
    if (stage_ != Stage::Idle)
        (void)disk_.finish(transfer_);
    objects_.each([&](Object& object) {
        objects_.remove(object);
        heap_delete(&object);
    });
    for (Batch& batch : batches_)
        batch.close(disk_);
    for (const block::Piece* const piece : {&scratch_, &window_})
        if (piece->address)
            disk_.release(*piece);
}

Status Store::open(const OpenOptions& options) {
    if (const Status assembled = disk_.assemble(options.spares); !assembled)
        return assembled;
    scratch_ = disk_.allocate(page_bytes);
    if (!scratch_.address || !objects_.open() || !cache_.open(options.cache_bytes) || !batches_[0].open(disk_) ||
        !batches_[1].open(disk_))
        return fail(Problem::NoMemory);
    const Result<Superblock> super = read_superblock(disk_, scratch_);
    if (!super)
        return fail(super.error());
    super_ = *super;
    geometry_ = geometry_of(super_, disk_.block_bytes());
    if (const Status opened = segments_.open(geometry_); !opened)
        return opened;
    if (packs()) {
        window_ = disk_.allocate(2 * page_bytes);
        if (!window_.address || !inflater_.open() || !packed_.open())
            return fail(Problem::NoMemory);
    }
    writable_ = options.access == Access::ReadWrite && !disk_.offers(block::disk_offer::read_only);
    log_bytes_max_ = options.log_bytes_max;
    log_ = ChainPosition::of(super_.log);
    begin_open_batch();
    ChainReader reader(disk_, geometry_, super_.salt);
    if (const Status opened = reader.open(); !opened)
        return opened;
    if (const Status read = read_checkpoint(reader); !read)
        return read;
    bool dirty = false;
    if (const Status replayed = replay_log(reader, options.accept_damaged_log, dirty); !replayed)
        return replayed;
    durable_ = log_.sequence - 1;
    begin_open_batch();
    opened_ = true;
    counters_.recovered_batches = reader.recovered();
    counters_.misdirected_batches = reader.misdirected();
    if (!writable_)
        return {};
    const bool left_out = disk_.is_set() && disk_.label().present != disk_.present();
    if (const Status left = disk_.leave_out_missing(); !left)
        return left;
    if (const Status rewritten = rewrite_last_batch(reader); !rewritten)
        return rewritten;
    if (dirty || left_out || counters_.repaired_index_batches || counters_.recovered_batches ||
        !superblocks_are_whole(disk_, scratch_, super_))
        return write_checkpoint(dirty);
    return {};
}

Status Store::close() {
    if (!opened_ || !writable_)
        return {};
    if (const Status committed = commit(); !committed)
        return committed;
    return log_bytes_ ? write_checkpoint(false) : Status{};
}

// Both copies have their batches at the same distances, so where one is damaged the other goes on.
Status Store::read_checkpoint(ChainReader& reader) {
    ChainPosition at[2] = {ChainPosition::of(super_.checkpoint[0]), ChainPosition::of(super_.checkpoint[1])};
    for (std::uint64_t batch = 0; batch < super_.checkpoint_batches; batch++) {
        bool found = false;
        for (unsigned entered = 0; entered < 2 && !found; entered++) {
            BatchHeader header;
            bool whole[2] = {};
            // By redundancy only when neither copy is whole as it is.
            for (unsigned turn = 0; turn < 4 && (turn < 2 || !found); turn++) {
                const unsigned copy = turn % 2;
                segments_[at[copy].segment].state = SegmentState::Checkpoint;
                BatchView view;
                const Result<bool> read = turn < 2 ? reader.read(at[copy], BatchKind::Checkpoint, view)
                                                   : reader.read_by_redundancy(at[copy], BatchKind::Checkpoint, view);
                whole[copy] = read && *read;
                if (!whole[copy])
                    continue;
                at[copy].next_segment = view.header.next_segment;
                header = view.header;
                if (!found)
                    if (const Status applied = apply(view.records); !applied)
                        return applied;
                found = true;
            }
            counters_.repaired_index_batches += found && whole[0] != whole[1];
            for (unsigned copy = 0; copy < 2; copy++) {
                if (found)
                    at[copy].pass(reader.disk_bytes(header), at[copy].next_segment);
                else
                    at[copy].enter_next_segment(geometry_);
            }
        }
        if (!found)
            return fail(Problem::IndexDamaged);
    }
    return {};
}

// The batch that a position of the log expects, in its segment or at the beginning of the next; `at` becomes its place.
Result<bool> Store::find_batch(ChainReader& reader, ChainPosition& at, BatchView& view) {
    Result<bool> whole = reader.read(at, BatchKind::Log, view);
    if (!whole || *whole)
        return whole;
    ChainPosition next = at;
    next.enter_next_segment(geometry_);
    whole = reader.read(next, BatchKind::Log, view);
    if (whole && !*whole) {
        whole = reader.read_by_redundancy(at, BatchKind::Log, view);
        if (!whole || *whole)
            return whole;
        whole = reader.read_by_redundancy(next, BatchKind::Log, view);
    }
    if (whole && *whole)
        at = next;
    return whole;
}

// Plays back one batch; false: the log ends before it.
Result<bool> Store::replay_batch(ChainReader& reader, bool& dirty) {
    segments_[log_.segment].state = segments_[log_.next_segment].state = SegmentState::Log;
    segments_[log_.segment].sequence = log_.segment_sequence;
    BatchView view, later;
    ChainPosition at = log_;
    if (const Result<bool> found = find_batch(reader, at, view); !found || !*found)
        return found;
    dirty = true;
    // One that another follows was durable before that one was begun. The last may be torn.
    ChainPosition behind = at;
    behind.pass(reader.disk_bytes(view.header), view.header.next_segment);
    ChainPosition peek = behind;
    Result<bool> durable = find_batch(reader, peek, later);
    if (!durable)
        return durable;
    ChainPosition same = at;
    if (const Result<bool> again = find_batch(reader, same, view); !again || !*again)
        return fail(Problem::DeviceFailed);
    last_replayed_ = at;
    last_is_doubtful_ = !*durable;
    if (!*durable)
        durable = reader.pages_are_whole(view);
    if (!durable)
        return durable;
    if (!*durable) {
        counters_.torn_batches++;
        last_is_doubtful_ = false;
        return false;
    }
    if (const Status applied = apply(view.records); !applied)
        return fail(applied.error());
    counters_.replayed_batches++;
    log_bytes_ += reader.disk_bytes(view.header);
    log_ = behind;
    return true;
}

Status Store::replay_log(ChainReader& reader, bool accept_damage, bool& dirty) {
    for (Result<bool> more = true; more = replay_batch(reader, dirty), !more || *more;)
        if (!more)
            return fail(more.error());
    // Nothing after the end may be of a batch that was begun later: that one proves that something is missing here.
    ChainPosition next = log_;
    next.enter_next_segment(geometry_);
    Result<bool> later = log_.sector < geometry_.segment_end_sector(log_.segment)
                             ? reader.finds_later(log_.sector, log_.segment_sequence, log_.sequence + 1)
                             : Result<bool>(false);
    if (later && !*later)
        later = reader.finds_later(next.sector, next.segment_sequence, log_.sequence + 1);
    if (!later)
        return fail(later.error());
    if (*later && !accept_damage)
        return fail(Problem::LogDamaged);
    dirty = dirty || *later;
    return {};
}

Status Store::apply(std::span<const std::byte> records) {
    RecordView record;
    while (next_record(records, record)) {
        switch (record.type) {
        case RecordType::Map:
            if (const Status applied = apply_map(record.payload); !applied)
                return applied;
            continue;
        case RecordType::Packed:
            if (const Status applied = apply_packed(record.payload); !applied)
                return applied;
            continue;
        case RecordType::Stream:
            if (const Status applied = apply_streams(record.payload); !applied)
                return applied;
            continue;
        case RecordType::Drop: {
            DropRecord drop;
            if (record.payload.size() != sizeof drop)
                return fail(Problem::Unknown);
            copy_bytes(&drop, record.payload.data(), sizeof drop);
            if (drop.count)
                erase_pages(drop.object, drop.index,
                            drop.count > ~0ull - drop.index ? ~0ull : drop.index + drop.count - 1);
            continue;
        }
        case RecordType::Keeper:
            if (!keeper_.replay(record.payload))
                return fail(Problem::Unknown);
            continue;
        }
        return fail(Problem::Unknown);
    }
    return {};
}

Status Store::apply_map(std::span<const std::byte> payload) {
    MapRecord map;
    if (payload.size() < sizeof map)
        return fail(Problem::Unknown);
    copy_bytes(&map, payload.data(), sizeof map);
    if (map.count == 0 || map.count > map_run_max || payload.size() != sizeof map + map.count * sizeof(std::uint64_t) ||
        map.index > ~0ull - map.count || !geometry_.holds_pages(map.sector, map.count))
        return fail(Problem::Unknown);
    Object* const object = make_object(map.object);
    for (std::uint64_t i = 0; i < map.count; i++) {
        Place* const place = object ? object->pages.make(map.index + i) : nullptr;
        if (!place)
            return fail(Problem::NoMemory);
        object->page_count += place->sector == 0;
        leave_place(*place);
        place->sector = map.sector + i * page_sectors;
        copy_bytes(&place->checksum, payload.data() + sizeof map + i * sizeof place->checksum, sizeof place->checksum);
    }
    segments_.add_live(map.sector, map.count);
    return {};
}

} // namespace exo::store
