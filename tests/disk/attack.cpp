// An owner of extents that does what it must not: through its ring, its window and its handles. The blocks around its
// extents hold a pattern that must stay whole. Prints a line a case, as the other programs of this folder do.
#include "tests/disk/raw_owner.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/start/kit.hpp"
#include "tests/lab/cases.hpp"

using namespace exo;
using disk_tests::RawOwner;

namespace {

using Case = lab::SubjectCase<RawOwner>;

constexpr auto Read = ExtentOperation::Read;
constexpr auto Write = ExtentOperation::Write;
constexpr auto Flush = ExtentOperation::Flush;
constexpr auto Zero = ExtentOperation::Zero;
constexpr auto Trim = ExtentOperation::Trim;

// Refused, with nothing given to the disk.
bool refused(RawOwner& owner, const ExtentEntry& entry, ExtentRefusal why) {
    owner.put(entry);
    const bool called = owner.submit().ok();
    return called && owner.last_refusal() == why;
}

void blocks_outside(RawOwner& owner) {
    struct Place {
        std::uint64_t block;
        std::uint32_t blocks;
    };
    for (const Place& place : {Place{RawOwner::part_count, 1},
                               {RawOwner::part_count - 1, 2},
                               {~0ull, 1},
                               {~0ull - 7, 16},
                               {~0ull - RawOwner::part_first + 1, 1},
                               {1ull << 48, 1},
                               {0, 0xffff'ffff}})
        for (const ExtentOperation operation : {Read, Write, Zero, Trim})
            LAB_CHECK(refused(owner, owner.entry(operation, RawOwner::part, place.block, place.blocks),
                              ExtentRefusal::OutOfRange));
    LAB_CHECK(refused(owner, owner.entry(Read, 7, 0, 1), ExtentRefusal::NoExtent));
    LAB_CHECK(refused(owner, owner.entry(Read, 0xffff, 0, 1), ExtentRefusal::NoExtent));
    LAB_CHECK(owner.pattern_is_whole());
}

void rights(RawOwner& owner) {
    LAB_CHECK(owner.run(owner.entry(Read, RawOwner::readable, 0, 1)) == 0);
    for (const ExtentOperation operation : {Write, Flush, Zero, Trim})
        LAB_CHECK(refused(owner, owner.entry(operation, RawOwner::readable, 0, 1), ExtentRefusal::NoRight));
    LAB_CHECK(owner.pattern_is_whole());
}

void memory(RawOwner& owner) {
    ExtentEntry entry = owner.entry(Write, RawOwner::part, 0, 8);
    for (const std::uint64_t offset : {RawOwner::window_pages * page_bytes, RawOwner::window_pages * page_bytes - 2048,
                                       extent_window_bytes, extent_window_bytes - 4, std::uint64_t{0xffff'fffc}}) {
        entry.offset = static_cast<std::uint32_t>(offset);
        LAB_CHECK(refused(owner, entry, ExtentRefusal::BadMemory));
    }
    entry.offset = 0;
    entry.flags = extent_flag::listed;
    entry.blocks = 24 * 512 / owner.block_bytes();
    owner.list(entry.tag)[0] = RawOwner::window_pages + 5;
    owner.list(entry.tag)[1] = 1;
    LAB_CHECK(refused(owner, entry, ExtentRefusal::BadMemory));
    // Frames that are not ours, that are tables of ours, and that are not there.
    const Handle frames_handle = frames().handle_of(owner.first_frame());
    for (const std::uint64_t frame : {std::uint64_t{0}, std::uint64_t{256}, std::uint64_t{1} << 40})
        LAB_CHECK(!owner.bind_window(RawOwner::window_pages, frame, 1, frames_handle).ok());
    LAB_CHECK(!owner.bind_window(RawOwner::window_pages, owner.first_frame(), 1, owner.extent()).ok());
    LAB_CHECK(!owner.bind_window(extent_window_pages, owner.first_frame(), 1, frames_handle).ok());
    LAB_CHECK(!owner.bind_window(extent_window_pages - 1, owner.first_frame(), 2, frames_handle).ok());
    LAB_CHECK(owner.pattern_is_whole());
}

// The ring is the owner's to write at any time; what was taken is not in it any more.
void changed_after_submit(RawOwner& owner) {
    for (unsigned turn = 0; turn < 50; ++turn) {
        owner.fill(1, 0xaa);
        const ExtentEntry honest = owner.entry(Read, RawOwner::part, 0, 1, page_bytes);
        ExtentEntry& place = owner.put(honest);
        owner.list(honest.tag)[0] = 3;
        LAB_CHECK(owner.submit().ok());
        place = owner.entry(Write, RawOwner::part, ~0ull - 100, 0x1000, 0);
        owner.list(honest.tag)[0] = 0xffff;
        LAB_CHECK(owner.wait(honest.tag) == 0);
    }
    LAB_CHECK(owner.pattern_is_whole());
}

void tags_and_indices(RawOwner& owner) {
    LAB_CHECK(refused(owner, owner.entry_tagged(extent_tags), ExtentRefusal::BadEntry));
    LAB_CHECK(refused(owner, owner.entry_tagged(0xffff), ExtentRefusal::BadEntry));
    // The same tag twice in one batch: the second is refused, or the first has ended.
    const ExtentEntry one = owner.entry(Read, RawOwner::part, 0, 1);
    owner.put(one);
    owner.put(one);
    LAB_CHECK(owner.submit().ok());
    LAB_CHECK(owner.last_refusal() == ExtentRefusal::BadEntry || owner.wait(one.tag) == 0);
    owner.settle();
    // More than the ring holds, or fewer than were taken: nothing is.
    for (const std::uint32_t claim : {extent_queue_entries + 1u, 1000u, 0x8000'0000u, ~0u}) {
        const CallResult taken = owner.submit_claiming(claim);
        LAB_CHECK(taken.ok() && taken.value() == 0);
    }
    LAB_CHECK(owner.run(one) == 0);
}

void completions_are_read_only(RawOwner& owner) {
    const BindOp row{BindKind::Protect, right::Read | right::Write, no_handle, owner.completions_address(), 0, 1, 0};
    LAB_CHECK(sys::bind(self, &row, 1).is(Error::NoRight));
}

void handles(RawOwner& owner) {
    LAB_CHECK(!sys::submit(owner.extent() - 1, 0).ok()); // whatever is there, it is no extent
    LAB_CHECK(sys::submit(owner.extent() ^ 1ull << 40, 0).is(Error::BadHandle));
    LAB_CHECK(sys::submit(owner.extent(), 1u << 5).is(Error::BadArgument));
    CapabilityInfo about;
    LAB_CHECK(sys::inspect(owner.part_handle(), &about).ok());
    const Rights rw = right::Read | right::Write;
    LAB_CHECK(sys::derive(owner.part_handle(), Kind::Extent, rw, about.first, about.count + 1).is(Error::OutOfRange));
    LAB_CHECK(sys::derive(owner.part_handle(), Kind::Extent, rw, about.first - 1, 2).is(Error::OutOfRange));
    LAB_CHECK(sys::derive(owner.part_handle(), Kind::Extent, rw, about.first, ~0ull).is(Error::OutOfRange));
    LAB_CHECK(sys::derive(owner.readable_handle(), Kind::Extent, rw, about.first, 1).is(Error::NoRight));
    LAB_CHECK(
        sys::derive(owner.part_handle(), Kind::Function, rw, about.first >> extent_block_bits, 1).is(Error::WrongKind));
}

void window_under_load(RawOwner& owner) {
    for (unsigned turn = 0; turn < 20; ++turn) {
        const std::uint16_t out = owner.fill_queue(RawOwner::part);
        const CallResult gone = owner.unbind_window(0, 1);
        // Refused while a command names the page; once it is gone, no completion is missing.
        if (gone.ok()) {
            LAB_CHECK(owner.completions_waiting() == out);
            LAB_CHECK(owner.bind_window(0, owner.first_frame(), 1, frames().handle_of(owner.first_frame())).ok());
        } else {
            LAB_CHECK(gone.is(Error::InUse));
        }
        owner.settle();
    }
}

void revoked_under_load(RawOwner& owner) {
    const std::uint16_t out = owner.fill_queue(RawOwner::part);
    CallResult dropped = sys::drop(owner.part_handle());
    while (dropped.is(Error::Again))
        dropped = sys::drop(owner.part_handle());
    LAB_CHECK(dropped.ok());
    // Not one is out any more.
    LAB_CHECK(owner.completions_waiting() == out);
    owner.settle();
    LAB_CHECK(refused(owner, owner.entry(Read, RawOwner::part, 0, 1), ExtentRefusal::NoExtent));
    LAB_CHECK(sys::submit(owner.part_handle(), 0).is(Error::BadHandle));
    LAB_CHECK(owner.run(owner.entry(Read, RawOwner::readable, 0, 1)) == 0);
    LAB_CHECK(owner.pattern_is_whole());
}

const Case cases[] = {
    {"extent: blocks outside it are out of reach, whatever wraps", blocks_outside},
    {"extent: who may read may not write, zero, trim or flush", rights},
    {"extent: only pages of one's own window carry data", memory},
    {"extent: an entry that is changed after submit changes nothing", changed_after_submit},
    {"extent: forged tags and indices move nothing", tags_and_indices},
    {"extent: completions are read only", completions_are_read_only},
    {"extent: forged, narrowed and widened handles", handles},
    {"extent: a page stays in the window while a command names it", window_under_load},
    {"extent: revoked under load, every command ends before", revoked_under_load},
};

} // namespace

int exo_main(const StartInfo& start) {
    static RawOwner owner;
    if (start.extent_count != 1 || !owner.open(start.extents[0])) {
        log_line({{"FAILED an extent of its own"}});
        return 1;
    }
    return lab::run_cases(cases, owner) ? 1 : 0;
}
