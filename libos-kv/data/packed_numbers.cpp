// See packed_numbers.hpp.
#include "libos-kv/data/packed_numbers.hpp"

namespace exo::kv {

namespace {

std::uint32_t width_of(std::int64_t number) {
    if (number >= INT16_MIN && number <= INT16_MAX)
        return 2;
    return number >= INT32_MIN && number <= INT32_MAX ? 4 : 8;
}

} // namespace

PackedNumbers::Block* PackedNumbers::Block::create(std::uint32_t count, std::uint32_t width) {
    const Block header{count, width};
    return new (allocate(header.held_bytes())) Block(header);
}

std::int64_t PackedNumbers::Block::get(std::size_t index) const {
    std::int64_t number = 0;
    __builtin_memcpy(&number, place(index), width);
    const unsigned others = 64 - 8 * width;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << others) >> others;
}

void PackedNumbers::reset() {
    become(nullptr);
}

void PackedNumbers::become(Block* block) {
    if (block_)
        release(block_, block_->held_bytes());
    block_ = block;
}

std::size_t PackedNumbers::position(std::int64_t number) const {
    std::size_t low = 0, high = size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (block_->get(middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool PackedNumbers::contains(std::int64_t number) const {
    const std::size_t at = position(number);
    return at < size() && block_->get(at) == number;
}

void PackedNumbers::copy(Block& to, std::size_t to_index, std::size_t from_index, std::size_t count) const {
    if (count && to.width == block_->width)
        return copy_bytes(to.place(to_index), block_->place(from_index), count * to.width);
    for (std::size_t index = 0; index < count; index++)
        to.set(to_index + index, block_->get(from_index + index));
}

bool PackedNumbers::insert(std::int64_t number) {
    if (contains(number))
        return false;
    const std::size_t at = position(number), count = size();
    const std::uint32_t width = width_of(number);
    Block* wider =
        Block::create(static_cast<std::uint32_t>(count + 1), block_ && block_->width > width ? block_->width : width);
    copy(*wider, 0, 0, at);
    wider->set(at, number);
    copy(*wider, at + 1, at, count - at);
    become(wider);
    return true;
}

bool PackedNumbers::erase(std::int64_t number) {
    const std::size_t at = position(number);
    if (at == size() || block_->get(at) != number)
        return false;
    const std::size_t left = size() - 1;
    Block* fewer = left ? Block::create(static_cast<std::uint32_t>(left), block_->width) : nullptr;
    if (fewer) {
        copy(*fewer, 0, 0, at);
        copy(*fewer, at, at + 1, left - at);
    }
    become(fewer);
    return true;
}

} // namespace exo::kv
