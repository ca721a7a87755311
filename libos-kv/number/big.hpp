// Whole numbers of any size that text of real numbers needs: bounded, on the stack.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::kv {

class Big {
public:
    // A long double's largest is 2^16384; a number of 5,120 decimal digits, the longest text that is read, has 17,009
    // bits; the divisor of such a fraction is as long, and shifted by 66 bits more.
    static constexpr std::size_t limbs_max = 1200;

    explicit Big(std::uint64_t value = 0) {
        while (value) {
            limbs_[count_++] = static_cast<std::uint32_t>(value);
            value >>= 32;
        }
    }
    Big(const Big& other) : count_(other.count_) {
        for (std::size_t index = 0; index < count_; index++)
            limbs_[index] = other.limbs_[index];
    }
    Big& operator=(const Big&) = delete;

    bool is_zero() const { return count_ == 0; }
    std::size_t bits() const;
    bool bit(std::size_t index) const;
    // The highest 64 bits, the number being at least 2^63; `more`: whether a bit below them is set.
    std::uint64_t top(bool& more) const;
    // What does not fit in limbs_max is lost: callers bound their exponents.
    void multiply_add(std::uint32_t factor, std::uint32_t addend);
    void multiply_power(std::uint32_t base, std::size_t exponent);
    void shift_left(std::size_t bits);
    std::uint32_t divide(std::uint32_t divisor); // gives the remainder
    int compare(const Big& other) const;
    void subtract(const Big& other); // of a smaller or equal one

private:
    void trim();

    std::uint32_t limbs_[limbs_max]; // the lowest first; those up to count_ are defined
    std::size_t count_ = 0;
};

} // namespace exo::kv
