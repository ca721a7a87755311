// Fuzzes what a store and the file system on it play back: the input is records, which are put on a disk in a batch
// whose checksums are right, so that only the meaning can be wrong. Opening must refuse it, or give a file system that
// can be walked, read, checked, changed, closed and opened again.
#include "libos/files/check.hpp"
#include "tests/unit/store/disks.hpp"

#include <cstdlib>
#include <memory>

namespace {

using namespace exo;

void require(bool holds) {
    if (!holds)
        std::abort();
}

files::Clock clock_of_zero() {
    return {[](void*) { return std::int64_t{0}; }, nullptr};
}

// An empty file system, made once.
const store_test::Contents& empty_disk() {
    static const std::unique_ptr<store_test::MemoryDisk> disk = [] {
        auto made = std::make_unique<store_test::MemoryDisk>();
        require(files::Files::create(*made, {.salt = 1, .compress = true}, clock_of_zero()).has_value());
        return made;
    }();
    return disk->contents;
}

// Writes the records as the log's first batch.
void write_log(block::Device& device, std::span<const std::uint8_t> input) {
    store::Disk disk(device);
    const block::Piece scratch = device.allocate(store::page_bytes);
    const auto super = store::read_superblock(disk, scratch);
    require(super.has_value());
    device.release(scratch);
    const auto batch = std::make_unique<store::Batch>();
    require(batch->open(disk).has_value());
    batch->begin(super->salt, super->log.sequence, 0);
    while (input.size() >= 2) {
        const auto type = static_cast<store::RecordType>(input[0] & 7);
        const std::size_t bytes = std::min<std::size_t>(input[1], input.size() - 2);
        if (!batch->fits(store::record_room(static_cast<std::uint32_t>(bytes)), 0))
            break;
        batch->add_record(type, std::as_bytes(input.subspan(2, bytes)));
        input = input.subspan(2 + bytes);
    }
    const store::Geometry geometry = store::geometry_of(*super, device.block_bytes());
    (void)batch->disk_bytes(geometry);
    const store::ChainStart& log = super->log;
    batch->seal(geometry, {log.sector, log.segment_sequence, log.next_segment, store::BatchKind::Log});
    require(disk.write(log.sector * store::sector_bytes, batch->pieces()[0]).has_value());
    batch->close(disk);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    store_test::MemoryDisk disk({}, &empty_disk());
    write_log(disk, {data, size});
    {
        files::Files files(disk, clock_of_zero());
        if (!files.open({.cache_bytes = 4u << 20}))
            return 0;
        files::CheckReport report;
        require(files::check(files, report).has_value());
        files::Inode& root = files.root();
        files.tree().each([&](files::Inode& inode) {
            std::byte octets[5000];
            (void)files.read(inode, inode.attributes.bytes / 2, octets);
            require(inode.holds || inode.names || inode.first || inode.number == files::root_number);
        });
        (void)files.create(root, "a-new-name", files::mode_type::regular, {});
        require(files.close().has_value());
    }
    files::Files again(disk, clock_of_zero());
    require(again.open({.cache_bytes = 4u << 20}).has_value());
    require(again.lookup(again.root(), "a-new-name").has_value());
    return 0;
}
