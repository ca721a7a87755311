// In the machine: appends numbered records to a store and acknowledges them by a mark behind it; what was there from an
// earlier life is checked first. appender COUNT [early]: until so many more are there; `early`: acknowledges before
// they are durable, which the judge must notice.
#include "libos/block/open_disk.hpp"
#include "libos/memory/heap.hpp"
#include "libos/start/native.hpp"
#include "tests/power-cuts/first_part.hpp"
#include "tests/power-cuts/story.hpp"

#include <string_view>

namespace {

using namespace power_cuts;
namespace block = exo::block;

constexpr std::uint64_t group_max = 32, groups_of_a_life = 150;

[[noreturn]] void fail(const char* step, const char* why) {
    exo::log_line({{"FAILED power-cuts: "}, {step}, {": "}, {why}});
    exo::exit_environment(1);
}
void must(const store::Status& status, const char* step) {
    if (!status)
        fail(step, store::problem_text(status.error()));
}

class Marker {
public:
    explicit Marker(block::Device& disk) : disk_(disk), memory_(disk.allocate(store::page_bytes)) {
        if (!memory_.address)
            fail("marking", "no memory");
    }
    std::uint64_t read() {
        carry(block::Operation::Read);
        Mark mark;
        std::memcpy(&mark, memory_.address, sizeof mark);
        return mark.says == Mark::magic ? mark.records : 0;
    }
    void write(std::uint64_t records) {
        const Mark mark{.records = records};
        std::memcpy(memory_.address, &mark, sizeof mark);
        carry(block::Operation::Write);
    }

private:
    void carry(block::Operation operation) {
        block::Command command;
        command.operation = operation;
        command.first_block = store_bytes / disk_.block_bytes();
        command.block_count = static_cast<std::uint32_t>(store::page_bytes / disk_.block_bytes());
        command.piece = memory_;
        if (disk_.submit({&command, 1}) != 1)
            fail("marking", "the disk takes no command");
        block::Completion done;
        while (disk_.poll({&done, 1}) == 0) {
        }
        if (done.status != block::Status::Done)
            fail("marking", "the disk failed");
    }

    block::Device& disk_;
    block::Piece memory_;
};

// From opening to a crash that is only pretended: the store is never closed.
class Life {
public:
    Life(block::Device& part, Marker& marker) : marker_(marker), store_(part, records_) {}

    std::uint64_t open() {
        must(store_.open({.cache_bytes = 4u << 20, .log_bytes_max = log_bytes_max}), "opening the store");
        if (records_.count < marker_.read())
            fail("opening the store", "acknowledged records are gone");
        if (const char* const wrong = wrong_pages(store_, records_.count))
            fail("reading pages", wrong);
        return records_.count;
    }
    // A group of records, acknowledged or, every third, only on its way.
    void append_group(bool early) {
        const std::uint64_t begin = records_.count, count = 1 + mixed(begin) % group_max;
        if (early)
            marker_.write(begin + count);
        for (std::uint64_t index = 0; index < count; ++index)
            append(records_.count + 1);
        // The mark must find nothing under way: it is given to the same disk.
        if (!early && mixed(begin) / group_max % 3 == 0) {
            store_.start_commit();
            return;
        }
        must(store_.commit(), "committing");
        if (!early)
            marker_.write(records_.count);
    }
    std::uint64_t count() const { return records_.count; }
    void end() { must(store_.commit(), "committing"); }

private:
    void append(std::uint64_t number) {
        must(store_.reserve(store::record_room(record_bytes), has_page(number) ? 1 : 0), "making room");
        std::byte record[record_bytes];
        fill(record, record_bytes, number);
        records_.count = number;
        store_.add_record(record);
        if (!has_page(number))
            return;
        const auto page = store_.change_page(page_object, page_of(number), store::Fill::Nothing);
        if (!page)
            fail("changing a page", store::problem_text(page.error()));
        fill(*page, store::page_bytes, number);
    }

    Marker& marker_;
    Numbered records_;
    store::Store store_;
};

std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    for (const char digit : text)
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    return number;
}

} // namespace

int exo_main(const exo::StartInfo& start) {
    const auto word = [&](std::uint32_t index) -> std::string_view {
        return index < start.argument_count ? exo::start_list_string(start.arguments_offset, index) : "";
    };
    const std::uint64_t wanted = number_of(word(1));
    const bool early = word(2) == "early";
    block::OpenedDisk opened[1];
    if (block::open_disks(opened) != 1 || !opened[0].device)
        fail("opening the disk", opened[0].problem ? opened[0].problem : "there is none");
    block::Device& disk = *opened[0].device;
    if (disk.bytes() != disk_bytes)
        fail("opening the disk", "it has another size");
    static FirstPart part(disk, store_bytes);
    static Marker marker(disk);
    if (marker.read() == 0)
        must(store::Store::create(part, {.uuid = {7}, .salt = 0x5a17, .now_ns = 1, .label = "cuts"}), "making a store");
    std::uint64_t first = 0;
    for (std::uint64_t count = 0, lives = 0; lives == 0 || count < first + wanted; ++lives) {
        auto* const life = exo::heap_new<Life>(part, marker);
        if (!life)
            fail("opening the store", "no memory");
        count = life->open();
        if (lives == 0)
            first = count;
        for (std::uint64_t group = 0; group < groups_of_a_life && count < first + wanted; ++group) {
            life->append_group(early);
            count = life->count();
        }
        life->end();
        exo::heap_delete(life);
    }
    exo::log_line({{"ok power-cuts: records from "}, exo::decimal(first), {" to "}, exo::decimal(marker.read())});
    return 0;
}
