// A 32-bit word of the program that the library OS changes atomically, as the program itself may at the same time.
#pragma once

#include "libos-hpc/linux/errors.hpp"

#include <cstdint>

namespace exo::hpc {

class UserWord {
public:
    // Errors: INVAL (misaligned), FAULT (not writable).
    static Outcome<UserWord> at(std::uint64_t address);

    std::uint32_t load() const { return __atomic_load_n(word_, __ATOMIC_SEQ_CST); }
    // False, with `expected` updated, when it held something else.
    bool replace(std::uint32_t& expected, std::uint32_t value) {
        return __atomic_compare_exchange_n(word_, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }

private:
    explicit UserWord(std::uint32_t* word) : word_(word) {}
    std::uint32_t* word_;
};

} // namespace exo::hpc
