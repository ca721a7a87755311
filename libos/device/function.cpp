// See function.hpp. The function's domain maps each frame at its physical address; tables are made as addresses need
// them.
#include "libos/device/function.hpp"

#include "libos/memory/address_space.hpp"
#include "libos/memory/bind_rows.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo {

namespace {

constexpr unsigned configuration_bar = 6;

Status bind_row(const BindOp& row) {
    return bind_rows({&row, 1});
}

} // namespace

Status Function::open(const StartFunction& granted) {
    handle_ = granted.handle;
    // Safe: the device page is mapped read only in every environment, and the index came from the starter.
    info_ = reinterpret_cast<const DeviceInfo*>(info_devices) + granted.index;
    auto address = address_space().map_device(handle_, configuration_bar, 0, 1, right::Read);
    if (!address)
        return std::unexpected(address.error());
    configuration_ = reinterpret_cast<volatile const std::byte*>(*address); // Safe: just mapped.
    // The root's level is the IOMMU's: four levels, or three.
    Status status = add_table(0, 4);
    if (!status && status.error() != Error::TableFull)
        status = add_table(0, 3);
    return status;
}

Result<volatile std::byte*> Function::bar(unsigned index, std::uint64_t bytes) {
    if (index >= function_bars || info_->bar[index].bytes < std::max(bytes, page_bytes))
        return std::unexpected(Error::OutOfRange);
    MutexGuard guard(lock_);
    if (!bars_[index]) {
        const std::uint64_t pages = (bytes ? bytes : info_->bar[index].bytes) / page_bytes;
        auto address = address_space().map_device(handle_, index, 0, pages, right::Read | right::Write);
        if (!address)
            return std::unexpected(address.error());
        bars_[index] = reinterpret_cast<volatile std::byte*>(*address); // Safe: just mapped.
    }
    return bars_[index];
}

// Occupied is as good as done: another buffer of the same region needed the table before.
Status Function::add_table(std::uint64_t address, std::uint32_t level) {
    auto pair = frames().allocate_pair();
    if (!pair)
        return std::unexpected(pair.error());
    const Status status =
        bind_row({BindKind::DmaTable, bind_level(level), handle_, address, *pair, 1, frames().handle_of(*pair)});
    if (!status) {
        frames().free_pair(*pair);
        if (status.error() == Error::Occupied)
            return {};
    }
    return status;
}

// Pages of one size within one table, making the tables they lack.
Status Function::bind_window(std::uint64_t frame, unsigned order, std::uint64_t count, Rights rights) {
    const std::uint64_t address = frame * page_bytes;
    const BindOp row{BindKind::Dma, rights | page_size_flag(order), handle_, address, frame,
                     count,         frames().handle_of(frame)};
    Status status = bind_row(row);
    // From the top: each level exists or is made, down to the one that holds the pages.
    for (std::uint32_t level = 3; !status && status.error() == Error::NoTable && level > order / 9; --level) {
        (void)add_table(address, level); // if it cannot be made, the row says NoTable again
        status = bind_row(row);
    }
    return status;
}

Status Function::allow(std::uint64_t first_frame, std::uint64_t count, Rights rights) {
    MutexGuard guard(lock_);
    const std::uint64_t end = first_frame + count;
    for (std::uint64_t frame = first_frame; frame < end;) {
        const bool large = frame % frames_per_large == 0 && end - frame >= frames_per_large;
        if (large && bind_window(frame, order_2m, 1, rights)) {
            frame += frames_per_large;
            continue;
        }
        // Small pages to the end of this table; one by one where some are there already.
        const std::uint64_t border = std::min(end, (frame / frames_per_large + 1) * frames_per_large);
        Status status = bind_window(frame, order_4k, border - frame, rights);
        for (std::uint64_t one = frame; !status && status.error() == Error::Occupied && one < border; ++one) {
            if (Status single = bind_window(one, order_4k, 1, rights); !single && single.error() != Error::Occupied)
                return single;
            if (one + 1 == border)
                status = {};
        }
        if (!status)
            return status;
        frame = border;
    }
    return {};
}

Status Function::forbid(std::uint64_t first_frame, std::uint64_t count) {
    MutexGuard guard(lock_);
    for (std::uint64_t frame = first_frame; frame < first_frame + count;) {
        const bool large = frame % frames_per_large == 0 && first_frame + count - frame >= frames_per_large;
        const std::uint64_t pages =
            large ? frames_per_large
                  : std::min(first_frame + count - frame, frames_per_large - frame % frames_per_large);
        const BindOp row{BindKind::Dma, bind_flag::size_4k, handle_, frame * page_bytes, frame, pages, 0};
        if (Status status = unbind_rows({&row, 1}); !status)
            return status;
        frame += pages;
    }
    return {};
}

Result<DmaMemory> Function::allocate_dma(std::uint64_t bytes) {
    const std::uint64_t pages = (bytes + page_bytes - 1) / page_bytes;
    auto frame = frames().allocate_run(pages);
    if (!frame)
        return std::unexpected(frame.error());
    zero_pages(frame_memory(*frame), pages);
    if (Status status = allow(*frame, pages); !status) {
        frames().free(*frame, pages);
        return std::unexpected(status.error());
    }
    return DmaMemory{frame_memory(*frame), *frame * page_bytes, pages * page_bytes};
}

void Function::free_dma(const DmaMemory& memory) {
    const std::uint64_t first = memory.physical / page_bytes, count = memory.bytes / page_bytes;
    // Frames that the device may still reach are never used for anything else.
    if (forbid(first, count))
        frames().free(first, count);
}

Status Function::route_interrupt(std::uint32_t vector, EventBit bit) {
    return bind_row({BindKind::Interrupt, 0, handle_, vector, bit.interrupt_resource(), 1, 0});
}

Status Function::arm(std::uint32_t vector) {
    return bind_row({BindKind::Arm, 0, handle_, vector, 0, 1, 0});
}

} // namespace exo
