// Transfers of a store on its device: splits them into commands that the device takes, and counts the completions back
// to whoever waits, so that a read can be waited for while a batch is being written.
#pragma once

#include "libos/block/device.hpp"
#include "libos/store/problem.hpp"

#include <span>

namespace exo::store {

// One transfer under way, or several that are waited for together. Stays where it is until it is done.
struct Transfer {
    std::uint32_t commands_left = 0;
    bool failed = false;

    bool done() const { return commands_left == 0; }
};

class Disk {
public:
    explicit Disk(block::Device& device) : device_(device) {}

    block::Device& device() const { return device_; }

    // Starts carrying pieces, whole blocks together, from or to octet `at` on; the pieces stay until the transfer is
    // done, and each is at most transfer_bytes_max. Waits only for room in the device's queue. Flags:
    // block::command_flag.
    void start(block::Operation operation, std::uint8_t flags, std::uint64_t at, std::span<const block::Piece> pieces,
               Transfer& transfer);
    void start_flush(Transfer& transfer);
    // How many commands `start` would make.
    std::uint32_t commands_of(std::span<const block::Piece> pieces) const;

    // Looks at the device once.
    void poll();
    // Until the transfer is done. Errors: DeviceFailed.
    Status finish(Transfer& transfer);

    // Each of these starts and finishes.
    Status read(std::uint64_t at, const block::Piece& piece);
    Status write(std::uint64_t at, const block::Piece& piece);
    // What was written is on the medium.
    Status flush();

private:
    std::uint32_t take(std::span<const block::Piece> pieces, std::uint32_t& bytes) const;
    void give(const block::Command& command, Transfer& transfer);
    void wait();

    block::Device& device_;
    std::uint32_t idle_polls_ = 0;
};

} // namespace exo::store
