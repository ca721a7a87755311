// A command's tag is the address of the transfer that it belongs to; which member it went to is known by whom it comes
// back from.
#include "libos/store/disk.hpp"

#include "libos/memory/heap.hpp"

namespace exo::store {

namespace {
// About a millisecond: what is waited for is a flush, some hundred microseconds, and waking up costs more than that.
constexpr std::uint32_t polls_before_sleep = 65536;

// The first pieces that fit one command, and their octets.
std::uint32_t take(const block::Device& device, std::span<const block::Piece> pieces, std::uint32_t& bytes) {
    std::uint32_t count = 0;
    bytes = 0;
    while (count < pieces.size() && count < device.pieces_max() &&
           bytes + pieces[count].bytes <= device.transfer_bytes_max())
        bytes += pieces[count++].bytes;
    return count;
}
} // namespace

Disk::Disk(std::span<block::Device* const> devices) {
    for (block::Device* const device : devices)
        if (count_ < members_max)
            devices_[count_++] = device;
    present_ = (1u << count_) - 1;
}

Disk::~Disk() {
    if (!stripes_)
        return;
    for (const block::Piece* piece :
         {&stripes_->parity_memory, &stripes_->sources, &stripes_->zeroes, &stripes_->label_memory})
        if (piece->address)
            release(*piece);
    if (stripes_->pieces)
        heap_free(stripes_->pieces);
    heap_delete(stripes_);
}

bool Disk::offers(std::uint32_t what) const {
    // A cache, or being read-only, is everybody's if it is one's; other offers are those of all.
    const bool any = what == block::disk_offer::volatile_cache || what == block::disk_offer::read_only;
    for (unsigned i = 0; i < count_; i++)
        if (uses(i) && devices_[i]->offers(what) == any)
            return any;
    return !any;
}

bool Disk::is_suitable() const {
    for (unsigned i = 0; i < count_; i++) {
        if (!devices_[i])
            continue;
        const std::uint32_t block = devices_[i]->block_bytes();
        if (block < sector_bytes || block > page_bytes || (block & (block - 1)) != 0 ||
            devices_[i]->transfer_bytes_max() < batch_meta_bytes_max)
            return false;
    }
    return true;
}

bool Disk::is_gone() const {
    unsigned working = 0;
    for (unsigned i = 0; i < count_; i++)
        working += uses(i) && !devices_[i]->problem();
    return working < (stripes_ ? label_.data_disks : 1u);
}

block::Piece Disk::allocate(std::uint32_t bytes) {
    block::Device& owner = memory_owner_ ? *memory_owner_ : *devices_[0];
    const block::Piece memory = owner.allocate(bytes);
    for (unsigned i = 0; memory.address && i < count_; i++) {
        if (!devices_[i] || devices_[i] == &owner || devices_[i]->allow(memory.device_address, bytes))
            continue;
        owner.release(memory);
        return {};
    }
    return memory;
}

void Disk::release(const block::Piece& memory) {
    (memory_owner_ ? *memory_owner_ : *devices_[0]).release(memory);
}

std::uint32_t Disk::commands_of(std::span<const block::Piece> pieces) const {
    std::uint32_t commands = 0, bytes = 0;
    if (!stripes_) {
        for (; !pieces.empty(); commands++)
            pieces = pieces.subspan(take(*devices_[0], pieces, bytes));
        return commands;
    }
    for (const block::Piece& piece : pieces)
        bytes += piece.bytes;
    const std::uint32_t rows = stripes_->geometry.whole_rows(bytes) / stripes_->geometry.row_bytes();
    for (unsigned i = 0; i < count_; i++) {
        if (!uses(i))
            continue;
        const std::uint32_t pages = devices_[i]->transfer_bytes_max() / page_bytes;
        const std::uint32_t most = pages < devices_[i]->pieces_max() ? pages : devices_[i]->pieces_max();
        commands = (rows + most - 1) / most > commands ? (rows + most - 1) / most : commands;
    }
    return commands;
}

void Disk::give(unsigned member, const block::Command& command, Transfer& transfer) {
    transfer.commands_left++;
    under_way_[member]++;
    while (devices_[member]->submit({&command, 1}) == 0)
        wait();
}

void Disk::start_run(unsigned member, block::Operation operation, std::uint8_t flags, std::uint64_t at,
                     std::span<const block::Piece> pieces, Transfer& transfer) {
    const block::Device& device = *devices_[member];
    while (!pieces.empty()) {
        std::uint32_t bytes;
        const std::uint32_t count = take(device, pieces, bytes);
        block::Command command{.first_block = at / device.block_bytes(),
                               .block_count = bytes / device.block_bytes(),
                               .operation = operation,
                               .flags = flags,
                               .more_count = static_cast<std::uint16_t>(count - 1),
                               .piece = pieces[0],
                               .more = pieces.data() + 1};
        command.tag = reinterpret_cast<std::uint64_t>(&transfer); // Safe: only this class makes tags, and reads them.
        give(member, command, transfer);
        pieces = pieces.subspan(count);
        at += bytes;
    }
}

void Disk::start(block::Operation operation, std::uint8_t flags, std::uint64_t at, std::span<const block::Piece> pieces,
                 Transfer& transfer) {
    if (!stripes_)
        start_run(0, operation, flags, at, pieces, transfer);
    else if (operation == block::Operation::Write)
        start_rows(flags, at, pieces, transfer);
    else
        start_pages(at, pieces, 0, transfer);
}

void Disk::start_flush(Transfer& transfer) {
    block::Command command;
    command.operation = block::Operation::Flush;
    command.tag = reinterpret_cast<std::uint64_t>(&transfer); // Safe: as above.
    for (unsigned i = 0; i < count_; i++)
        if (uses(i) && devices_[i]->offers(block::disk_offer::volatile_cache))
            give(i, command, transfer);
}

void Disk::poll() {
    std::size_t total = 0;
    for (unsigned member = 0; member < count_; member++) {
        if (!under_way_[member])
            continue;
        block::Completion completions[32];
        const std::size_t count = devices_[member]->poll(completions);
        for (std::size_t i = 0; i < count; i++) {
            auto& transfer = *reinterpret_cast<Transfer*>(completions[i].tag); // Safe: the tag came from a transfer.
            transfer.commands_left--;
            if (completions[i].status != block::Status::Done) {
                transfer.failed = true;
                transfer.failed_members |= 1u << member;
            }
        }
        under_way_[member] -= static_cast<std::uint32_t>(count);
        total += count;
    }
    idle_polls_ = total ? 0 : idle_polls_ + 1;
}

void Disk::wait() {
    poll();
    if (idle_polls_ < polls_before_sleep)
        return;
    sleep(0);
    idle_polls_ = 0;
}

void Disk::sleep(std::uint64_t deadline_tsc) {
    for (unsigned member = 0; member < count_; member++)
        if (under_way_[member]) // whoever waits needs what it has under way, sooner or later
            return devices_[member]->sleep(deadline_tsc);
}

Status Disk::finish(Transfer& transfer) {
    while (!transfer.done())
        wait();
    if (transfer.failed)
        return fail(Problem::DeviceFailed);
    return {};
}

Status Disk::finish_write(Transfer& transfer) {
    const Status finished = finish(transfer);
    if (finished || !stripes_)
        return finished;
    return leave_out(transfer.failed_members);
}

Status Disk::read(std::uint64_t at, const block::Piece& piece, std::uint32_t bad) {
    Transfer transfer;
    if (!stripes_) {
        start_run(0, block::Operation::Read, 0, at, {&piece, 1}, transfer);
        return finish(transfer);
    }
    start_pages(at, {&piece, 1}, bad, transfer);
    (void)finish(transfer); // what failed is computed from the rest
    bad |= missing() | transfer.failed_members;
    for (std::uint32_t offset = 0; bad && offset < piece.bytes; offset += page_bytes) {
        const RowPlace place = stripes_->place_of(at + offset);
        if (!(bad >> stripes_->member_of(place.segment, place.unit) & 1))
            continue;
        const block::Piece page{piece.address + offset, piece.device_address + offset, page_bytes};
        if (const Status recovered = recover((at + offset) / sector_bytes, place.unit, bad, page); !recovered)
            return recovered;
    }
    return {};
}

Status Disk::write(std::uint64_t at, const block::Piece& piece) {
    Transfer transfer;
    start(block::Operation::Write, 0, at, {&piece, 1}, transfer);
    return finish_write(transfer);
}

Status Disk::flush() {
    if (!offers(block::disk_offer::volatile_cache))
        return {};
    Transfer transfer;
    start_flush(transfer);
    return finish_write(transfer);
}

Status Disk::read_member(unsigned member, std::uint64_t at, const block::Piece& piece) {
    Transfer transfer;
    start_run(member, block::Operation::Read, 0, at, {&piece, 1}, transfer);
    return finish(transfer);
}

Status Disk::write_members(std::uint64_t at, const block::Piece& piece) {
    Transfer transfer;
    for (unsigned i = 0; i < count_; i++)
        if (uses(i))
            start_run(i, block::Operation::Write, 0, at, {&piece, 1}, transfer);
    return finish_write(transfer);
}

} // namespace exo::store
