// bind and unbind of memory: pages, rights, tables, and every way a row can be wrong.
#include "tests/boot/expect.hpp"

using namespace exo;
using lab::page_row;
using lab::table_row;

namespace {
constexpr Rights rw = right::Read | right::Write;
constexpr std::uint64_t untouched = lab::window + (512ull << 30); // another level-3 slot, no tables
} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "a page is bound, holds what is written, and is gone after unbind") {
    std::uint64_t frame = lab::take(1), at = lab::place(1);
    REQUIRE(at);
    CHECK_OK(lab::bind(self, page_row(lab::frames(), at, frame, 1, rw)));
    auto* word = reinterpret_cast<volatile std::uint64_t*>(at);
    *word = 0x1234;
    CHECK(*word == 0x1234);
    CHECK_ERROR(lab::bind(self, page_row(lab::frames(), at, frame, 1, rw)), Occupied);
    CHECK_OK(lab::unbind(self, page_row(no_handle, at, 0, 1, 0)));
    CHECK_ERROR(lab::unbind(self, page_row(no_handle, at, 0, 1, 0)), NotBound);
    CHECK_OK(lab::bind(self, page_row(lab::frames(), at, frame, 1, right::Read)));
    CHECK(*word == 0x1234);
}

TEST_CASE_FIXTURE(lab::Fresh, "rows that are wrong change nothing and say how") {
    std::uint64_t frame = lab::take(4, 2), at = lab::place(4);
    Handle all = lab::frames();
    CHECK_ERROR(lab::bind(self, page_row(all, untouched, frame, 1, rw)), NoTable);
    CHECK_ERROR(lab::bind(self, page_row(all, at + 8, frame, 1, rw)), Misaligned);
    CHECK_ERROR(lab::bind(self, page_row(all, user_end, frame, 1, rw)), BadAddress);
    CHECK_ERROR(lab::bind(self, page_row(all, user_end - page_bytes, frame, 2, rw)), BadAddress);
    CHECK_ERROR(lab::bind(self, page_row(all, 0xffff'8000'0000'0000ull, frame, 1, rw)), BadAddress);
    CHECK_ERROR(lab::bind(self, page_row(all, at, frame, 0, rw)), OutOfRange);
    CHECK_ERROR(lab::bind(self, page_row(all, at, frame, ~0ull, rw)), OutOfRange);
    CHECK_ERROR(lab::bind(self, page_row(all, at, 1, 1, rw)), OutOfRange);
    CHECK_ERROR(lab::bind(self, page_row(all, at, ~0ull, 1, rw)), OutOfRange);
    CHECK_ERROR(lab::bind(self, page_row(lab::machine(), at, frame, 1, rw)), WrongKind);
    CHECK_ERROR(lab::bind(self, page_row(no_handle, at, frame, 1, rw)), BadHandle);
    BindOp row = page_row(all, at, frame, 1, rw);
    row.flags |= 1u << 30;
    CHECK_ERROR(lab::bind(self, row), BadArgument);
    row = page_row(all, at, frame, 1, rw);
    row.kind = static_cast<BindKind>(77);
    CHECK_ERROR(lab::bind(self, row), BadArgument);
    CHECK_ERROR(lab::bind(12345, page_row(all, at, frame, 1, rw)), BadHandle);
    CHECK_ERROR(sys::bind(self, &row, bind_batch_max + 1), OutOfRange);
    CHECK_ERROR(sys::bind(self, nullptr, 1), BadAddress);
    CHECK_ERROR(sys::bind(self, reinterpret_cast<BindOp*>(user_end - 8), 1), BadAddress);
    CHECK_OK(lab::bind(self, page_row(all, at, frame, 4, rw)));
}

TEST_CASE_FIXTURE(lab::Fresh, "a right that the capability lacks cannot be bound or protected into being") {
    std::uint64_t frame = lab::take(1), at = lab::place(1);
    Handle reader = sys::derive(lab::frames(), Kind::Frames, right::Read, frame, 1).value();
    CHECK_ERROR(lab::bind(self, page_row(reader, at, frame, 1, rw)), NoRight);
    CHECK_OK(lab::bind(self, page_row(reader, at, frame, 1, right::Read)));
    BindOp protect{BindKind::Protect, rw, no_handle, at, 0, 1, 0};
    CHECK_ERROR(lab::bind(self, protect), NoRight);
    protect.address = at + page_bytes;
    CHECK_ERROR(lab::bind(self, protect), NotBound);
    protect = {BindKind::Protect, 0, no_handle, at, 0, 1, 0};
    CHECK_OK(lab::bind(self, protect));
    protect.flags = right::Read;
    CHECK_OK(lab::bind(self, protect));
    CHECK(*reinterpret_cast<volatile std::uint64_t*>(at) + 1 > 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "tables are pairs of frames, become nobody's memory, and come back empty") {
    std::uint64_t pair = lab::take(8, 2);
    Handle all = lab::frames();
    CHECK_ERROR(lab::bind(self, table_row(all, untouched, pair + 1, 3)), Misaligned);
    CHECK_ERROR(lab::bind(self, table_row(all, untouched, pair, 1)), NoTable);
    CHECK_ERROR(lab::bind(self, table_row(all, untouched, pair, 4)), BadArgument);
    CHECK_ERROR(lab::bind(self, table_row(all, user_end, pair, 3)), BadAddress);
    CHECK_OK(lab::bind(self, table_row(all, untouched, pair, 3)));
    CHECK_ERROR(lab::bind(self, table_row(all, untouched, pair + 2, 3)), Occupied);
    std::uint64_t at = lab::place(1);
    CHECK_ERROR(lab::bind(self, page_row(all, at, pair, 1, right::Read)), InUse);
    CHECK_ERROR(lab::bind(self, page_row(all, at, pair + 1, 1, right::Read)), InUse);
    CHECK_ERROR(lab::bind(self, table_row(all, untouched, pair, 2)), InUse);
    CHECK_OK(lab::bind(self, table_row(all, untouched, pair + 2, 2)));
    CHECK_ERROR(lab::unbind(self, table_row(no_handle, untouched, 0, 3)), InUse);
    CHECK_OK(lab::unbind(self, table_row(no_handle, untouched, 0, 2)));
    CHECK_OK(lab::unbind(self, table_row(no_handle, untouched, 0, 3)));
    CHECK_ERROR(lab::unbind(self, table_row(no_handle, untouched, 0, 3)), NoTable);
    CHECK_OK(lab::bind(self, page_row(all, at, pair, 1, right::Read)));
    CHECK(*reinterpret_cast<volatile std::uint64_t*>(at) == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "a mapped frame does not become a table") {
    std::uint64_t pair = lab::take(2, 2), at = lab::place(1);
    CHECK_OK(lab::bind(self, page_row(lab::frames(), at, pair + 1, 1, rw)));
    CHECK_ERROR(lab::bind(self, table_row(lab::frames(), untouched, pair, 3)), InUse);
}

TEST_CASE_FIXTURE(lab::Fresh, "a frame has a bounded number of mappings") {
    std::uint64_t frame = lab::take(1), at = lab::place(mappings_per_frame_max + 1);
    for (std::uint64_t i = 0; i < mappings_per_frame_max; i++)
        REQUIRE(lab::bind(self, page_row(lab::frames(), at + i * page_bytes, frame, 1, right::Read)).ok());
    CHECK_ERROR(
        lab::bind(self, page_row(lab::frames(), at + mappings_per_frame_max * page_bytes, frame, 1, right::Read)),
        TableFull);
}

TEST_CASE_FIXTURE(lab::Fresh, "2 MiB pages: alignment, contents, and no table frame beneath") {
    std::uint64_t large = lab::take(512, 512);
    REQUIRE(large);
    std::uint64_t at = lab::window + (1ull << 29);
    for (std::uint32_t level : {3u, 2u}) {
        CallResult result = lab::bind(self, table_row(lab::frames(), at, lab::take(2, 2), level));
        CHECK((result.ok() || result.is(Error::Occupied)));
    }
    BindOp row{BindKind::Page, rw | bind_flag::size_2m, lab::frames(), at, large, 1, 0};
    row.resource = large + 1;
    CHECK_ERROR(lab::bind(self, row), Misaligned);
    row.resource = large;
    row.address = at + page_bytes;
    CHECK_ERROR(lab::bind(self, row), Misaligned);
    row.address = at;
    CHECK_OK(lab::bind(self, row));
    *reinterpret_cast<volatile std::uint64_t*>(at + 300 * page_bytes) = 77;
    std::uint64_t small = lab::place(1);
    CHECK_OK(lab::bind(self, page_row(lab::frames(), small, large + 300, 1, right::Read)));
    CHECK(*reinterpret_cast<volatile std::uint64_t*>(small) == 77);
    CHECK_ERROR(lab::bind(self, table_row(lab::frames(), untouched, large + 100, 3)), InUse);
    CHECK_ERROR(lab::unbind(self, page_row(no_handle, at, 0, 1, 0)), Misaligned);
    row.handle = no_handle;
    CHECK_OK(lab::unbind(self, row));
    CHECK_OK(lab::bind(self, table_row(lab::frames(), untouched, large + 100, 3)));
    row.handle = lab::frames();
    CHECK_ERROR(lab::bind(self, row), InUse);
    CHECK_OK(lab::unbind(self, table_row(no_handle, untouched, 0, 3)));
}

TEST_CASE_FIXTURE(lab::Fresh, "a batch stops at the first wrong row and says how far it came") {
    std::uint64_t frame = lab::take(4), at = lab::place(4);
    BindOp rows[4];
    for (std::uint64_t i = 0; i < 4; i++)
        rows[i] = page_row(lab::frames(), at + i * page_bytes, frame + i, 1, rw);
    rows[2].resource = 1;
    CallResult result = sys::bind(self, rows, 4);
    REQUIRE(result.ok());
    CHECK(result.value() == 2);
    CHECK_ERROR(sys::bind(self, rows + 2, 2), OutOfRange);
    rows[2].resource = frame + 2;
    CHECK(sys::bind(self, rows + 2, 2).value() == 2);
}

TEST_CASE_FIXTURE(lab::Fresh, "the environment's own info pages are shown read only") {
    std::uint64_t at = lab::place(1);
    BindOp row{BindKind::Info, right::Read, no_handle, at, 0, 1, 0};
    CHECK_OK(lab::bind(self, row));
    auto* page = reinterpret_cast<const EnvironmentPage*>(at);
    CHECK(page->environment == reinterpret_cast<const EnvironmentPage*>(environment_page_address)->environment);
    BindOp protect{BindKind::Protect, rw, no_handle, at, 0, 1, 0};
    CHECK_ERROR(lab::bind(self, protect), NoRight);
    row.address = lab::place(1);
    row.flags = rw;
    CHECK_ERROR(lab::bind(self, row), NoRight);
    row.flags = right::Read;
    row.resource = page->capability_slots / 64 + 1;
    CHECK_ERROR(lab::bind(self, row), OutOfRange);
}
