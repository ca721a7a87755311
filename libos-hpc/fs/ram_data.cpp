// Block by block: a read of a hole gives zeros, a write makes the block. Interface: ram_data.hpp.
#include "libos-hpc/fs/ram_data.hpp"

#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {

std::size_t RamData::read(std::uint64_t offset, std::span<std::byte> buffer) const {
    if (offset >= size_)
        return 0;
    std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size_ - offset));
    for (std::size_t done = 0; done < wanted;) {
        std::size_t within = (offset + done) % block_bytes;
        std::size_t piece = std::min(wanted - done, block_bytes - within);
        if (const std::byte* from = block((offset + done) / block_bytes))
            copy_bytes(buffer.data() + done, from + within, piece);
        else
            fill_bytes(buffer.data() + done, 0, piece);
        done += piece;
    }
    return wanted;
}

Outcome<std::byte*> RamData::block_for_write(std::uint64_t offset) {
    std::uint64_t index = offset / block_bytes;
    if (index >= budget_.total())
        return fail(Errno::FBIG);
    if (std::byte* there = block(index))
        return there;
    while (blocks_.size() <= index) {
        if (!blocks_.push(nullptr))
            return fail(Errno::NOSPC);
    }
    if (!budget_.take())
        return fail(Errno::NOSPC);
    auto* fresh = static_cast<std::byte*>(heap_allocate(block_bytes));
    if (!fresh) {
        budget_.give_back();
        return fail(Errno::NOSPC);
    }
    fill_bytes(fresh, 0, block_bytes);
    blocks_[index] = fresh;
    ++held_;
    return fresh;
}

Outcome<std::size_t> RamData::write(std::uint64_t offset, std::span<const std::byte> buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        auto to = block_for_write(offset + done);
        if (!to) {
            if (done)
                break;
            return fail(to.error());
        }
        std::size_t within = (offset + done) % block_bytes;
        std::size_t piece = std::min(buffer.size() - done, block_bytes - within);
        copy_bytes(*to + within, buffer.data() + done, piece);
        done += piece;
    }
    size_ = std::max(size_, offset + done);
    return done;
}

void RamData::release_block(std::uint64_t index) {
    if (std::byte* there = block(index)) {
        heap_free(there);
        blocks_[index] = nullptr;
        --held_;
        budget_.give_back();
    }
}

void RamData::set_size_locked(std::uint64_t size) {
    if (size < size_) {
        punch_hole(size, size_ - size);
        // The rest of the last block must read as zero when the file grows again.
        for (std::uint64_t i = (size + block_bytes - 1) / block_bytes; i < blocks_.size(); ++i)
            release_block(i);
    }
    if (size == 0) {
        for (std::uint64_t i = 0; i < blocks_.size(); ++i)
            release_block(i);
        blocks_.clear();
    }
    size_ = size;
}

Done RamData::set_size(std::uint64_t size) {
    if (size > budget_.total() * block_bytes)
        return fail(Errno::FBIG);
    set_size_locked(size);
    return {};
}

void RamData::punch_hole(std::uint64_t offset, std::uint64_t bytes) {
    std::uint64_t end = std::min(offset + bytes, static_cast<std::uint64_t>(blocks_.size()) * block_bytes);
    while (offset < end) {
        std::size_t within = offset % block_bytes;
        std::uint64_t piece = std::min<std::uint64_t>(end - offset, block_bytes - within);
        if (piece == block_bytes)
            release_block(offset / block_bytes);
        else if (std::byte* there = block(offset / block_bytes))
            fill_bytes(there + within, 0, static_cast<std::size_t>(piece));
        offset += piece;
    }
}

Done RamData::reserve(std::uint64_t offset, std::uint64_t bytes) {
    for (std::uint64_t at = offset; at < offset + bytes; at = (at / block_bytes + 1) * block_bytes) {
        auto made = block_for_write(at);
        if (!made)
            return fail(made.error());
    }
    return {};
}

Outcome<std::uint64_t> RamData::seek_data(std::uint64_t offset) const {
    for (; offset < size_; offset = (offset / block_bytes + 1) * block_bytes) {
        if (block(offset / block_bytes))
            return offset;
    }
    return fail(Errno::NXIO);
}

Outcome<std::uint64_t> RamData::seek_hole(std::uint64_t offset) const {
    if (offset >= size_)
        return fail(Errno::NXIO);
    for (; offset < size_; offset = (offset / block_bytes + 1) * block_bytes) {
        if (!block(offset / block_bytes))
            return offset;
    }
    return size_;
}

} // namespace exo::hpc
