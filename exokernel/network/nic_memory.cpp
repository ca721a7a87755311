// See nic_memory.hpp.
#include "exokernel/network/nic_memory.hpp"

#include "exokernel/device/device.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/physical.hpp"

namespace exo {

Status NicMemory::open(std::uint32_t function, const FramePayer& payer, std::uint16_t tenant) {
    *this = {};
    if (payer.first_frame % 2)
        return std::unexpected(Error::Misaligned);
    if (!frames_can_be_pinned(payer.first_frame, nic_table_frames + nic_data_frames))
        return std::unexpected(Error::InUse);
    auto slot = static_cast<std::uint16_t>(slot_index(payer.capability));
    auto holder = static_cast<std::uint16_t>(slot_environment(payer.capability));
    std::uint64_t table = payer.first_frame;
    for (std::uint8_t level = dma_levels(function); level >= 1; level--, table += 2)
        if (Status status = bind_dma_table(function, nic_window_address, level, table, slot, holder); !status)
            return status;
    first_ = payer.first_frame + nic_table_frames;
    Rights rights = right::Read | right::Write;
    if (Status status =
            bind_dma(function, {nic_window_address, first_, 1, rights, rights, slot, holder}, nic_data_frames);
        !status)
        return status;
    frames_pin(first_, nic_data_frames, tenant);
    pinned_ = nic_data_frames;
    return {};
}

void NicMemory::close() {
    frames_pin(first_, pinned_, 0);
    *this = {};
}

NicMemory::Piece NicMemory::take(std::uint64_t bytes) {
    std::uint64_t pages = (bytes + page_bytes - 1) / page_bytes;
    if (pages > pinned_ - taken_)
        return {};
    std::byte* memory = at_frame<std::byte>(first_ + taken_);
    for (std::uint64_t i = 0; i < pages * page_bytes / 8; i++)
        reinterpret_cast<std::uint64_t*>(memory)[i] = 0; // Safe: whole pages of pinned Data frames.
    Piece piece{memory, nic_window_address + taken_ * page_bytes};
    taken_ += pages;
    return piece;
}

} // namespace exo
