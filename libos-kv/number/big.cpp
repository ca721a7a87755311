// See big.hpp.
#include "libos-kv/number/big.hpp"

#include <bit>

namespace exo::kv {

void Big::trim() {
    while (count_ && limbs_[count_ - 1] == 0)
        count_--;
}

std::size_t Big::bits() const {
    return count_ == 0 ? 0 : (count_ - 1) * 32 + static_cast<std::size_t>(std::bit_width(limbs_[count_ - 1]));
}

bool Big::bit(std::size_t index) const {
    return index / 32 < count_ && (limbs_[index / 32] >> (index % 32) & 1) != 0;
}

std::uint64_t Big::top(bool& more) const {
    const std::size_t low = bits() - 64;
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < 3 && low / 32 + index < count_; index++) {
        const unsigned __int128 limb = limbs_[low / 32 + index];
        value |= static_cast<std::uint64_t>(limb << (32 * index) >> (low % 32));
    }
    more = false;
    for (std::size_t index = 0; index < low / 32; index++)
        more |= limbs_[index] != 0;
    more |= (limbs_[low / 32] & ((1u << (low % 32)) - 1)) != 0;
    return value;
}

void Big::multiply_add(std::uint32_t factor, std::uint32_t addend) {
    std::uint64_t carry = addend;
    for (std::size_t index = 0; index < count_; index++) {
        carry += std::uint64_t{limbs_[index]} * factor;
        limbs_[index] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
    }
    if (carry && count_ < limbs_max)
        limbs_[count_++] = static_cast<std::uint32_t>(carry);
}

void Big::multiply_power(std::uint32_t base, std::size_t exponent) {
    std::uint32_t step = 1;
    for (; exponent; exponent--) {
        if (std::uint64_t{step} * base > 0xffffffff) {
            multiply_add(step, 0);
            step = 1;
        }
        step *= base;
    }
    multiply_add(step, 0);
}

void Big::shift_left(std::size_t bits) {
    if (count_ == 0)
        return;
    const std::size_t whole = bits / 32, part = bits % 32;
    if (count_ + whole + 1 > limbs_max)
        return;
    limbs_[count_] = 0;
    for (std::size_t index = count_ + 1; index-- > 0;) {
        const std::uint64_t pair = std::uint64_t{limbs_[index]} << 32 | (index ? limbs_[index - 1] : 0);
        limbs_[index + whole] = static_cast<std::uint32_t>(pair << part >> 32);
    }
    for (std::size_t index = 0; index < whole; index++)
        limbs_[index] = 0;
    count_ += whole + 1;
    trim();
}

std::uint32_t Big::divide(std::uint32_t divisor) {
    std::uint64_t rest = 0;
    for (std::size_t index = count_; index-- > 0;) {
        rest = rest << 32 | limbs_[index];
        limbs_[index] = static_cast<std::uint32_t>(rest / divisor);
        rest %= divisor;
    }
    trim();
    return static_cast<std::uint32_t>(rest);
}

int Big::compare(const Big& other) const {
    if (count_ != other.count_)
        return count_ < other.count_ ? -1 : 1;
    for (std::size_t index = count_; index-- > 0;)
        if (limbs_[index] != other.limbs_[index])
            return limbs_[index] < other.limbs_[index] ? -1 : 1;
    return 0;
}

void Big::subtract(const Big& other) {
    std::uint64_t borrow = 0;
    for (std::size_t index = 0; index < count_; index++) {
        const std::uint64_t taken = borrow + (index < other.count_ ? other.limbs_[index] : 0);
        borrow = limbs_[index] < taken;
        limbs_[index] = static_cast<std::uint32_t>(limbs_[index] - taken);
    }
    trim();
}

} // namespace exo::kv
