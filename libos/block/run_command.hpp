// One command, from giving it to its end: for whoever has nothing else under way on the device, and nothing better to
// do.
#pragma once

#include "libos/block/device.hpp"

namespace exo::block {

// Gives the command and sleeps until its completion has come. Nothing else may be under way.
inline Status run_command(Device& device, const Command& command) {
    if (device.submit({&command, 1}) != 1)
        return Status::Refused;
    Completion done;
    while (device.poll({&done, 1}) == 0)
        device.sleep(0);
    return done.status;
}

// The same of `piece`, whole blocks, from or to octet `at` on; and of a flush. False: it failed.
inline bool carry(Device& device, Operation operation, std::uint64_t at, const Piece& piece) {
    Command command;
    command.operation = operation;
    command.first_block = at / device.block_bytes();
    command.block_count = piece.bytes / device.block_bytes();
    command.piece = piece;
    return run_command(device, command) == Status::Done;
}
inline bool flush(Device& device) {
    Command command;
    command.operation = Operation::Flush;
    return run_command(device, command) == Status::Done;
}

} // namespace exo::block
