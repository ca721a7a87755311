// A command's tag is the address of the transfer that it belongs to.
#include "libos/store/disk.hpp"

namespace exo::store {

namespace {
constexpr std::uint32_t polls_before_sleep = 4096;
}

// The first pieces that fit one command, and their octets.
std::uint32_t Disk::take(std::span<const block::Piece> pieces, std::uint32_t& bytes) const {
    std::uint32_t count = 0;
    bytes = 0;
    while (count < pieces.size() && count < device_.pieces_max() &&
           bytes + pieces[count].bytes <= device_.transfer_bytes_max())
        bytes += pieces[count++].bytes;
    return count;
}

std::uint32_t Disk::commands_of(std::span<const block::Piece> pieces) const {
    std::uint32_t commands = 0, bytes;
    while (!pieces.empty()) {
        pieces = pieces.subspan(take(pieces, bytes));
        commands++;
    }
    return commands;
}

void Disk::give(const block::Command& command, Transfer& transfer) {
    transfer.commands_left++;
    while (device_.submit({&command, 1}) == 0)
        wait();
}

void Disk::start(block::Operation operation, std::uint8_t flags, std::uint64_t at, std::span<const block::Piece> pieces,
                 Transfer& transfer) {
    while (!pieces.empty()) {
        std::uint32_t bytes;
        const std::uint32_t count = take(pieces, bytes);
        block::Command command{.first_block = at / device_.block_bytes(),
                               .block_count = bytes / device_.block_bytes(),
                               .operation = operation,
                               .flags = flags,
                               .more_count = static_cast<std::uint16_t>(count - 1),
                               .piece = pieces[0],
                               .more = pieces.data() + 1};
        command.tag = reinterpret_cast<std::uint64_t>(&transfer); // Safe: only this class makes tags, and reads them.
        give(command, transfer);
        pieces = pieces.subspan(count);
        at += bytes;
    }
}

void Disk::start_flush(Transfer& transfer) {
    block::Command command;
    command.operation = block::Operation::Flush;
    command.tag = reinterpret_cast<std::uint64_t>(&transfer); // Safe: as above.
    give(command, transfer);
}

void Disk::poll() {
    block::Completion completions[32];
    const std::size_t count = device_.poll(completions);
    for (std::size_t i = 0; i < count; i++) {
        auto& transfer = *reinterpret_cast<Transfer*>(completions[i].tag); // Safe: the tag came from a transfer.
        transfer.commands_left--;
        transfer.failed = transfer.failed || completions[i].status != block::Status::Done;
    }
    idle_polls_ = count ? 0 : idle_polls_ + 1;
}

void Disk::wait() {
    poll();
    if (idle_polls_ < polls_before_sleep)
        return;
    device_.sleep(0);
    idle_polls_ = 0;
}

Status Disk::finish(Transfer& transfer) {
    while (!transfer.done())
        wait();
    if (transfer.failed)
        return fail(Problem::DeviceFailed);
    return {};
}

Status Disk::read(std::uint64_t at, const block::Piece& piece) {
    Transfer transfer;
    start(block::Operation::Read, 0, at, {&piece, 1}, transfer);
    return finish(transfer);
}

Status Disk::write(std::uint64_t at, const block::Piece& piece) {
    Transfer transfer;
    start(block::Operation::Write, 0, at, {&piece, 1}, transfer);
    return finish(transfer);
}

Status Disk::flush() {
    if (!device_.offers(block::disk_offer::volatile_cache))
        return {};
    Transfer transfer;
    start_flush(transfer);
    return finish(transfer);
}

} // namespace exo::store
