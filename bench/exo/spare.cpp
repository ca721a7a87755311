// See spare.hpp. The window lies where neither the program nor the kit puts anything.
#include "bench/exo/spare.hpp"

#include "bench/exo/program.hpp"
#include "libos/memory/bytes.hpp"

namespace bench {

namespace {

constexpr std::uint64_t window = 0x6000'0000'0000ull;
constexpr std::uint64_t window_pages = exo::frames_per_large; // one table of the lowest level
constexpr std::uint64_t window_pairs = 3;

std::uint64_t taken;  // frames, from the front of the spare run
std::uint64_t placed; // pages, from the front of the window

const exo::StartFrames& spare_run() {
    return exo::start_info().spare;
}

} // namespace

std::uint64_t take_spare(std::uint64_t count, std::uint64_t alignment) {
    const exo::StartFrames& run = spare_run();
    const std::uint64_t first = (run.first + taken + alignment - 1) / alignment * alignment;
    require(run.handle != exo::no_handle && first + count <= run.first + run.count, "taking spare frames");
    taken = first + count - run.first;
    return first;
}

exo::Handle spare_handle() {
    return spare_run().handle;
}

void bind_row(exo::Handle environment, const exo::BindOp& row, const char* step) {
    required(exo::sys::bind(environment, &row, 1), step);
}

void add_tables(exo::Handle environment, TablePairs& pairs, std::uint64_t begin, std::uint64_t end) {
    for (std::uint32_t level = 3; level >= 1; --level) {
        const std::uint64_t span = exo::page_bytes << (9 * level);
        for (std::uint64_t at = begin & ~(span - 1); at < end; at += span) {
            require(pairs.used + 2 <= pairs.count, "finding frames for a table");
            const exo::BindOp row{
                exo::BindKind::Table, exo::bind_level(level), pairs.frames, at, pairs.first + pairs.used, 1, 0};
            const exo::CallResult bound = exo::sys::bind(environment, &row, 1);
            if (bound.is(exo::Error::Occupied))
                continue;
            required(bound, "binding a table");
            pairs.used += 2;
        }
    }
}

std::byte* map_spare(std::uint64_t first_frame, std::uint64_t count) {
    if (placed == 0) {
        TablePairs pairs{.frames = spare_handle(), .first = take_spare(2 * window_pairs, 2), .count = 2 * window_pairs};
        add_tables(exo::self, pairs, window, window + window_pages * exo::page_bytes);
    }
    require(placed + count <= window_pages, "finding a place for spare frames");
    const std::uint64_t at = window + placed * exo::page_bytes;
    placed += count;
    bind_row(exo::self, page_row(spare_handle(), at, first_frame, count, exo::right::Read | exo::right::Write),
             "mapping spare frames");
    auto* const memory = reinterpret_cast<std::byte*>(at); // Safe: just mapped, and nobody else's.
    exo::fill_bytes(memory, 0, count * exo::page_bytes);
    return memory;
}

} // namespace bench
