// Disks of memory, and what a power cut leaves of them.
#include "tests/unit/store/disks.hpp"

#include <algorithm>
#include <cstring>

namespace store_test {

using namespace exo::block;

const std::byte* Contents::find(std::uint64_t number) const {
    for (const Contents* layer = this; layer; layer = layer->base_)
        if (const auto found = layer->pages_.find(number); found != layer->pages_.end())
            return found->second->data();
    return nullptr;
}

void Contents::read(std::uint64_t at, std::byte* into, std::size_t bytes) const {
    while (bytes) {
        const std::size_t offset = at % page, count = std::min(bytes, page - offset);
        if (const std::byte* const found = find(at / page))
            std::memcpy(into, found + offset, count);
        else
            std::memset(into, 0, count);
        at += count;
        into += count;
        bytes -= count;
    }
}

void Contents::write(std::uint64_t at, const std::byte* from, std::size_t bytes) {
    while (bytes) {
        const std::size_t offset = at % page, count = std::min(bytes, page - offset);
        auto& own = pages_[at / page];
        if (!own) {
            own = std::make_unique<std::array<std::byte, page>>();
            if (const std::byte* const below = base_ ? base_->find(at / page) : nullptr)
                std::memcpy(own->data(), below, page);
        }
        std::memcpy(own->data() + offset, from, count);
        at += count;
        from += count;
        bytes -= count;
    }
}

MemoryDisk::MemoryDisk(const DiskSpec& spec, const Contents* base) : contents(base) {
    block_bytes_ = spec.block_bytes;
    block_count_ = spec.bytes / spec.block_bytes;
    offers_ = spec.offers;
    transfer_bytes_max_ = spec.transfer_bytes_max;
}

void MemoryDisk::flip_bit(std::uint64_t at, unsigned bit) {
    std::byte octet;
    contents.read(at, &octet, 1);
    octet ^= std::byte{1} << bit;
    contents.write(at, &octet, 1);
}

bool MemoryDisk::read_octets(std::uint64_t at, std::byte* into, std::size_t bytes) {
    if (hits(read_number++, failing_read, failing_count))
        return false;
    contents.read(at, into, bytes);
    return true;
}

void MemoryDisk::begin_write(const Command& command) {
    current_ = write_number++;
    shift_ = current_ == stray_write ? static_cast<std::int64_t>(stray_to - command.first_block * block_bytes_) : 0;
    unit_access_ = (command.flags & command_flag::force_unit_access) != 0;
    if (!recording)
        return;
    const bool durable = unit_access_ || !offers(disk_offer::volatile_cache);
    Event event{durable ? Event::Kind::DurableWrite : Event::Kind::Write,
                command.first_block * block_bytes_,
                {},
                burst ? *burst : 0};
    for (std::uint32_t i = 0; i <= command.more_count; i++) {
        const Piece& piece = i == 0 ? command.piece : command.more[i - 1];
        event.octets.insert(event.octets.end(), piece.address, piece.address + piece.bytes);
    }
    events.push_back(std::move(event));
}

bool MemoryDisk::write_octets(std::uint64_t at, const std::byte* from, std::size_t bytes) {
    if (hits(current_, failing_write, failing_count))
        return false;
    if (current_ != lost_write)
        contents.write(at + static_cast<std::uint64_t>(shift_), from, bytes);
    return true;
}

bool MemoryDisk::flush_octets() {
    if (unit_access_)
        unit_access_ = false; // of the write alone
    else if (recording)
        events.push_back({Event::Kind::Flush, 0, {}, burst ? *burst : 0});
    return true;
}

std::size_t MemoryDisk::poll(std::span<Completion> into) {
    const std::size_t count = DirectDisk::poll(into);
    if (count && burst)
        ++*burst;
    return count;
}

void Replay::go_to(std::size_t event) {
    const auto keep = [&](const Event& write) { durable_.write(write.at, write.octets.data(), write.octets.size()); };
    for (; event_ < event; event_++) {
        const Event& passed = events_[event_];
        switch (passed.kind) {
        case Event::Kind::Write:
            doubtful_.push_back(event_);
            continue;
        case Event::Kind::DurableWrite:
            // Only this one is: what was written before into a cache may still be lost.
            keep(passed);
            continue;
        case Event::Kind::Flush:
            for (const std::size_t write : doubtful_)
                keep(events_[write]);
            doubtful_.clear();
            continue;
        }
    }
}

void Replay::cut(Contents& disk, std::mt19937_64& random, unsigned percent, std::size_t under_way) const {
    std::vector<std::size_t> writes = doubtful_;
    for (std::size_t next = event_; next < events_.size() && next < event_ + under_way; next++)
        if (events_[next].kind != Event::Kind::Flush)
            writes.push_back(next);
    std::ranges::shuffle(writes, random);
    for (const std::size_t number : writes) {
        const Event& write = events_[number];
        for (std::size_t offset = 0; offset < write.octets.size(); offset += Contents::sector)
            if (random() % 100 < percent)
                disk.write(write.at + offset, write.octets.data() + offset, Contents::sector);
    }
}

} // namespace store_test
