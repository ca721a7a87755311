// The first part of a disk as a disk of its own: what lies behind it is left alone.
#pragma once

#include "libos/block/device.hpp"

namespace power_cuts {

class FirstPart final : public exo::block::Device {
public:
    FirstPart(exo::block::Device& whole, std::uint64_t bytes) : whole_(whole) {
        block_bytes_ = whole.block_bytes();
        block_count_ = bytes / block_bytes_;
        transfer_bytes_max_ = whole.transfer_bytes_max();
        pieces_max_ = whole.pieces_max();
        queue_depth_ = whole.queue_depth();
        offers_ = whole.offers();
    }
    exo::block::Piece allocate(std::uint32_t bytes) override { return whole_.allocate(bytes); }
    void release(const exo::block::Piece& memory) override { whole_.release(memory); }
    bool allow(std::uint64_t address, std::uint64_t bytes) override { return whole_.allow(address, bytes); }
    // The store keeps to block_count() by itself.
    std::size_t submit(std::span<const exo::block::Command> commands) override { return whole_.submit(commands); }
    std::size_t poll(std::span<exo::block::Completion> into) override { return whole_.poll(into); }
    void sleep(std::uint64_t deadline_tsc) override { whole_.sleep(deadline_tsc); }

private:
    exo::block::Device& whole_;
};

} // namespace power_cuts
