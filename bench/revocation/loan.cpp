// See loan.hpp.
#include "bench/revocation/loan.hpp"

#include "bench/exo/program.hpp"

namespace bench {

using exo::page_bytes;

namespace {

constexpr exo::Rights window_rights = exo::right::Read | exo::right::Write;
constexpr std::uint64_t half_wheel = exo::wheel_slots / 2;
constexpr std::uint32_t entropy_device = 4; // virtio 1.2, 5.4

const exo::StartFunction& entropy_function() {
    const exo::StartInfo& start = exo::start_info();
    for (std::uint64_t i = 0; i < start.function_count; ++i)
        if (start.functions[i].role == entropy_device)
            return start.functions[i];
    require(false, "finding a virtio entropy device");
    return start.functions[0];
}

const exo::DeviceInfo& device_info(std::uint32_t index) {
    return reinterpret_cast<const exo::DeviceInfo*>(exo::info_devices)[index]; // Safe: an info page.
}

// The upper half of the wheel of the core that this vcore has whole.
std::uint64_t lent_slot() {
    return exo::start_info().vcore_core[0] * exo::wheel_slots + half_wheel;
}

exo::BindOp slice_row(exo::Handle slices) {
    return {exo::BindKind::Slice, 0, slices, 0, lent_slot(), half_wheel, 0};
}

} // namespace

exo::Handle Loan::hand_over(Neighbour& neighbour, exo::Handle lent) {
    const exo::Handle given = neighbour.grant(lent);
    neighbour.board().asked_back = given;
    return given;
}

void Loan::end(exo::Handle lent) {
    exo::CallResult dropped = exo::sys::drop(lent);
    while (dropped.is(exo::Error::Again)) // bounded by the kernel: each call does a part
        dropped = exo::sys::drop(lent);
    required(dropped, "dropping a loan");
}

exo::Handle FramesLoan::lend(Neighbour& neighbour) {
    if (first_ == 0)
        first_ = take_spare(frames);
    const exo::Handle lent =
        required(exo::sys::derive(spare_handle(), exo::Kind::Frames, memory_rights, first_, frames), "deriving frames");
    const exo::Handle given = hand_over(neighbour, lent);
    bind_row(neighbour.environment(),
             page_row(given, Neighbour::lent_pages_address, first_, frames, exo::right::Read | exo::right::Write),
             "mapping lent frames");
    return lent;
}

exo::Handle SliceLoan::lend(Neighbour& neighbour) {
    const exo::Handle own = exo::start_info().slices[0];
    const exo::BindOp row = slice_row(own);
    required(exo::sys::unbind(exo::self, &row, 1), "giving slots up");
    const exo::Handle lent = required(
        exo::sys::derive(own, exo::Kind::Slices, exo::right::Bind | exo::right::Grant, lent_slot(), half_wheel),
        "deriving slots");
    bind_row(neighbour.environment(), slice_row(hand_over(neighbour, lent)), "giving slots to the neighbour");
    return lent;
}

void SliceLoan::end(exo::Handle lent) {
    Loan::end(lent);
    bind_row(exo::self, slice_row(exo::start_info().slices[0]), "taking slots again");
}

exo::Handle FunctionLoan::lend(Neighbour& neighbour) {
    const exo::StartFunction& function = entropy_function();
    const exo::DeviceInfo& info = device_info(function.index);
    const std::uint64_t tables = 2 * info.dma_levels;
    if (first_ == 0) {
        first_ = take_spare(tables + window_frames, 2);
        dma_frames_ = neighbour.grant(
            required(exo::sys::derive(spare_handle(), exo::Kind::Frames, memory_rights, first_, tables + window_frames),
                     "deriving frames for a device"));
    }
    const exo::Handle lent =
        required(exo::sys::derive(function.handle, exo::Kind::Function,
                                  exo::right::Read | exo::right::Write | exo::right::Bind | exo::right::Grant,
                                  function.index, 1),
                 "deriving a function");
    const exo::Handle given = hand_over(neighbour, lent);
    const exo::Handle environment = neighbour.environment();
    for (std::uint32_t level = info.dma_levels, used = 0; level >= 1; --level, used += 2)
        bind_row(environment,
                 {exo::BindKind::DmaTable, exo::bind_level(level), given, 0, first_ + used, 1, dma_frames_},
                 "binding a DMA table");
    bind_row(environment, {exo::BindKind::Dma, window_rights, given, 0, first_ + tables, window_frames, dma_frames_},
             "binding a DMA window");
    std::uint64_t bar = 0;
    while (info.bar[bar].bytes < page_bytes || bar == info.msix_bar) // interrupt messages are the kernel's to write
        require(++bar < 6, "finding a function's registers");
    bind_row(environment, {exo::BindKind::Bar, window_rights, given, Neighbour::lent_pages_address, bar << 32, 1, 0},
             "mapping a function's registers");
    return lent;
}

} // namespace bench
