// See lab.hpp.
#include "tests/lab/lab.hpp"

extern "C" const exo::StartInfo* exo_start_info();

namespace lab {

using namespace exo;

namespace {

std::uint64_t taken; // frames, from the front of the spare run
Handle spare;        // a child of the start info's handle, so that dropping it takes everything back
std::uint64_t placed;

Handle spare_handle() {
    if (spare == no_handle) {
        const StartFrames& run = start().spare;
        spare = sys::derive(run.handle, Kind::Frames,
                            right::Read | right::Write | right::Execute | right::Dma | right::Retype | right::Grant,
                            run.first, run.count)
                    .value();
    }
    return spare;
}

} // namespace

const StartInfo& start() {
    return *exo_start_info();
}
Handle frames() {
    return spare_handle();
}
Handle machine() {
    return start().machine;
}
const MachineInfo& machine_info() {
    return *reinterpret_cast<const MachineInfo*>(info_machine); // Safe: an info page.
}

std::uint64_t spare_left() {
    return start().spare.count - taken;
}

std::uint64_t take(std::uint64_t count, std::uint64_t alignment) {
    std::uint64_t first = (start().spare.first + taken + alignment - 1) / alignment * alignment;
    if (first + count > start().spare.first + start().spare.count)
        return 0;
    taken = first + count - start().spare.first;
    return first;
}

CallResult bind(Handle environment, const BindOp& row) {
    return sys::bind(environment, &row, 1);
}
CallResult unbind(Handle environment, const BindOp& row) {
    return sys::unbind(environment, &row, 1);
}

BindOp page_row(Handle handle, std::uint64_t address, std::uint64_t frame, std::uint64_t count, Rights rights) {
    return {BindKind::Page, rights | bind_flag::size_4k, handle, address, frame, count, 0};
}

BindOp table_row(Handle handle, std::uint64_t address, std::uint64_t pair, std::uint32_t level) {
    return {BindKind::Table, bind_level(level), handle, address, pair, 1, 0};
}

bool add_tables(Handle environment, Handle handle, std::uint64_t begin, std::uint64_t end) {
    for (std::uint32_t level = 3; level >= 1; level--) {
        std::uint64_t span = page_bytes << (9 * level);
        for (std::uint64_t at = begin & ~(span - 1); at < end; at += span) {
            std::uint64_t pair = take(2, 2);
            if (!pair)
                return false;
            CallResult result = bind(environment, table_row(handle, at, pair, level));
            if (result.is(Error::Occupied))
                taken -= 2;
            else if (!result.ok())
                return false;
        }
    }
    return true;
}

std::uint64_t place(std::uint64_t pages) {
    std::uint64_t at = window + placed * page_bytes;
    placed += pages + 1; // a gap between any two
    return add_tables(self, frames(), at, at + pages * page_bytes) ? at : 0;
}

std::byte* map(std::uint64_t first_frame, std::uint64_t count) {
    std::uint64_t at = place(count);
    for (std::uint64_t done = 0; done < count;) {
        std::uint64_t here = count - done < 512 ? count - done : 512;
        if (!bind(self,
                  page_row(frames(), at + done * page_bytes, first_frame + done, here, right::Read | right::Write))
                 .ok())
            return nullptr;
        done += here;
    }
    auto* words = reinterpret_cast<volatile std::uint64_t*>(at); // Safe: just mapped.
    for (std::uint64_t i = 0; i < count * page_bytes / 8; i++)
        words[i] = 0;
    return reinterpret_cast<std::byte*>(at);
}

void reset() {
    if (spare == no_handle)
        return;
    // Pages go with the capability; tables, once empty, are taken out by hand, the lowest level first.
    for (std::uint64_t page = 0; page < placed; page++)
        (void)unbind(self, {BindKind::Page, bind_flag::size_4k, no_handle, window + page * page_bytes, 0, 1, 0});
    for (std::uint32_t level = 1; level <= 3; level++) {
        std::uint64_t span = page_bytes << (9 * level);
        for (std::uint64_t at = window; at < window + placed * page_bytes; at += span)
            (void)unbind(self, {BindKind::Table, bind_level(level), no_handle, at, 0, 1, 0});
    }
    for (;;) {
        CallResult result = sys::drop(spare);
        if (result.is(Error::HasChildren)) {
            (void)sys::revoke(spare, 1);
            while (sys::repossess(spare).is(Error::Again)) {
            }
        } else if (!result.is(Error::Again)) {
            break;
        }
    }
    spare = no_handle;
    taken = 0;
    placed = 0;
}

std::uint64_t tsc() {
    std::uint32_t low, high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high)); // Safe: reads the clock.
    return (static_cast<std::uint64_t>(high) << 32) | low;
}

std::uint64_t cycles(std::uint64_t microseconds) {
    return machine_info().tsc_hz / 1'000'000 * microseconds;
}

} // namespace lab
