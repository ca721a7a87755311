// See memory.hpp.
#include "steward/memory.hpp"

#include "secure-bindings/abi/syscall.hpp"

namespace exo::steward {

namespace {

constexpr std::uint64_t window_address = 0x3'0000'0000ull; // 12 GiB, one table's worth
constexpr unsigned rows_per_batch = 16;
constexpr std::uint64_t pages_per_row = 4096; // as the kernel's row_pages_max

Status bind_all(Handle environment, const BindOp* rows, std::uint64_t count) {
    for (std::uint64_t done = 0; done < count;) {
        CallResult result = sys::bind(environment, rows + done, count - done);
        if (!result.ok())
            return std::unexpected(result.error());
        done += result.value();
    }
    return {};
}

} // namespace

std::uint64_t FrameRun::take(std::uint64_t count, std::uint64_t alignment) {
    std::uint64_t first = (next + alignment - 1) / alignment * alignment;
    if (first + count > end)
        return 0;
    next = first + count;
    return first;
}

bool add_tables(Handle environment, Handle handle, std::uint64_t begin, std::uint64_t end, FrameRun& run) {
    for (std::uint32_t level = 3; level >= 1; level--) {
        std::uint64_t span = page_bytes << (9 * level);
        for (std::uint64_t at = begin & ~(span - 1); at < end; at += span) {
            FrameRun before = run;
            std::uint64_t pair = run.take(2, 2);
            if (!pair)
                return false;
            BindOp row{BindKind::Table, bind_level(level), handle, at, pair, 1, 0};
            CallResult result = sys::bind(environment, &row, 1);
            if (!result.ok() && !result.is(Error::Occupied))
                return false;
            if (!result.ok())
                run = before; // the table is there already
        }
    }
    return true;
}

Status map_pages(Handle environment, Handle handle, std::uint64_t address, std::uint64_t first_frame,
                 std::uint64_t count, Rights rights) {
    BindOp rows[rows_per_batch];
    while (count) {
        std::uint64_t used = 0;
        for (; used < rows_per_batch && count; used++) {
            std::uint64_t here = count < pages_per_row ? count : pages_per_row;
            rows[used] = {BindKind::Page, rights | bind_flag::size_4k, handle, address, first_frame, here, 0};
            address += here * page_bytes;
            first_frame += here;
            count -= here;
        }
        if (Status status = bind_all(environment, rows, used); !status)
            return status;
    }
    return {};
}

bool start_window(FrameRun& run) {
    return add_tables(self, run.handle, window_address, window_address + window_pages * page_bytes, run);
}

std::byte* open_window(Handle handle, std::uint64_t first_frame, std::uint64_t count) {
    if (!map_pages(self, handle, window_address, first_frame, count, right::Read | right::Write))
        return nullptr;
    // Safe: just mapped.
    return reinterpret_cast<std::byte*>(window_address);
}

void close_window(std::uint64_t count) {
    BindOp row{BindKind::Page, bind_flag::size_4k, no_handle, window_address, 0, count, 0};
    (void)sys::unbind(self, &row, 1);
}

void fill_frames_zero(Handle handle, std::uint64_t first_frame, std::uint64_t count) {
    while (count) {
        std::uint64_t here = count < window_pages ? count : window_pages;
        if (std::byte* bytes = open_window(handle, first_frame, here)) {
            __builtin_memset(bytes, 0, here * page_bytes);
            close_window(here);
        }
        first_frame += here;
        count -= here;
    }
}

} // namespace exo::steward
