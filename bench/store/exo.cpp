// The store bench on the exokernel: a native program with libos/store on the NVMe disk that it owns. The records stay
// in memory, as those of whoever gives them a meaning do.
#include "bench/exo/program.hpp"
#include "bench/store/suite.hpp"
#include "libos/block/open_disk.hpp"
#include "libos/memory/heap.hpp"
#include "libos/store/store.hpp"

namespace {

using exo::store::Store;

class Appended final : public exo::store::Keeper {
public:
    void open() {
        memory_ = static_cast<std::byte*>(
            exo::heap_allocate(std::size_t{bench::store::appends_max} * bench::store::record_bytes));
        bench::require(memory_ != nullptr, "taking memory for the records");
    }
    std::span<std::byte, bench::store::record_bytes> next() {
        bench::require(count_ < bench::store::appends_max, "keeping a record");
        return std::span<std::byte, bench::store::record_bytes>(memory_ + count_++ * bench::store::record_bytes,
                                                                bench::store::record_bytes);
    }
    bool replay(std::span<const std::byte> record) override {
        if (record.size() != bench::store::record_bytes || count_ == bench::store::appends_max)
            return false;
        std::copy(record.begin(), record.end(), next().begin());
        return true;
    }
    void snapshot(exo::store::RecordSink& sink) override {
        for (std::size_t at = 0; at < count_; ++at)
            if (!sink.add({memory_ + at * bench::store::record_bytes, bench::store::record_bytes}))
                return;
    }
    std::uint64_t snapshot_bytes() const override {
        return count_ * exo::store::record_room(bench::store::record_bytes);
    }

private:
    std::byte* memory_ = nullptr;
    std::size_t count_ = 0;
};

class StoreLane {
public:
    StoreLane(Store& store, Appended& appended) : store_(store), appended_(appended) {}
    bool append(std::uint32_t count) {
        for (std::uint32_t index = 0; index < count; ++index) {
            if (!store_.reserve(exo::store::record_room(bench::store::record_bytes), 0))
                return false;
            const auto record = appended_.next();
            std::fill(record.begin(), record.end(), static_cast<std::byte>(++value_));
            store_.add_record(record);
        }
        return store_.commit().has_value();
    }
    void print(std::string_view text) { bench::print(text); }

private:
    Store& store_;
    Appended& appended_;
    std::uint32_t value_ = 0;
};

void must(exo::store::Status status, const char* step) {
    if (!status)
        bench::give_up(step, exo::store::problem_text(status.error()));
}

} // namespace

int exo_main(const exo::StartInfo& start) {
    const std::string_view word = bench::program_argument(start, 1);
    bench::require(word.empty() || word == "--smoke", "reading the arguments");
    exo::block::OpenedDisk opened[1];
    bench::require(exo::block::open_disks(opened) == 1, "finding a disk");
    if (!opened[0].device)
        bench::give_up("opening the disk", opened[0].problem);
    must(Store::create(*opened[0].device, {.uuid = {1}, .salt = start.seed[0] | 1, .now_ns = 1, .label = "bench"}),
         "making the store");
    static Appended appended;
    appended.open();
    auto* const store = exo::heap_new<Store>(*opened[0].device, appended);
    bench::require(store != nullptr, "taking memory for the store");
    must(store->open(), "opening the store");
    static StoreLane lane(*store, appended);
    static bench::store::StoreSuite<StoreLane> suite(
        lane, word.empty() ? bench::store::Effort::measure : bench::store::Effort::smoke, "");
    if (!suite.run())
        bench::give_up("appending", exo::store::problem_text(store->problem()));
    must(store->close(), "closing the store");
    return 0;
}
