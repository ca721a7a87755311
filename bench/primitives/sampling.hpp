// How a number is taken inside a guest: time-stamp counter, batches, the median.
// Integers only and no library beyond freestanding headers, because the library-OS
// side has no vector registers to spare. suite.hpp lists what is measured.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bench {

inline constexpr std::uint32_t batches_max = 64;

struct Sampling {
    std::uint32_t batches;    // each yields one number; the median of them is reported
    std::uint32_t operations; // in a batch
};

// Ordered against everything before it (Intel SDM 2, RDTSC).
inline std::uint64_t read_tsc() {
    std::uint32_t low, high;
    // Safe: reads a counter that user mode may read (CR4.TSD is clear on both systems).
    asm volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
    return std::uint64_t{high} << 32 | low;
}

// Passes the given number of instructions, two an iteration; the caller subtracts them.
inline void pass_instructions(std::uint64_t count) {
    std::uint64_t iterations = count / 2;
    // Safe: changes one register.
    asm volatile("1: dec %0\n\tjnz 1b" : "+r"(iterations) : : "cc");
}

// Thousandths of a cycle per operation: the median over batches of `batch(operations)`,
// which returns the cycles that so many operations took. One batch goes unmeasured first.
template <class Batch>
std::uint64_t median_millicycles(const Sampling& sampling, Batch&& batch) {
    std::array<std::uint64_t, batches_max> samples{};
    const std::uint32_t count = std::min(sampling.batches, batches_max);
    batch(sampling.operations);
    for (std::uint32_t i = 0; i < count; ++i)
        samples[i] = batch(sampling.operations) * 1000 / sampling.operations;
    // With a comparison of its own the sort is compiled here, rather than sought in a C++ library.
    std::sort(samples.begin(), samples.begin() + count, [](std::uint64_t a, std::uint64_t b) { return a < b; });
    return samples[count / 2];
}

inline constexpr std::size_t row_bytes_max = 160;

// Writes "ROW name unit 123.456\n", the line the harness collects, into `buffer`.
// A line that would not fit comes out empty.
inline std::string_view format_row(std::span<char, row_bytes_max> buffer, std::string_view name, std::string_view unit,
                                   std::uint64_t thousandths) {
    std::size_t length = 0;
    const auto append = [&](std::string_view text) {
        for (const char letter : text)
            if (length < buffer.size())
                buffer[length++] = letter;
    };
    char digits[20];
    std::size_t count = 0;
    for (std::uint64_t rest = thousandths; rest != 0 || count < 4; rest /= 10)
        digits[count++] = static_cast<char>('0' + rest % 10);

    append("ROW ");
    append(name);
    append(" ");
    append(unit);
    append(" ");
    while (count > 0) {
        append({&digits[--count], 1});
        if (count == 3)
            append(".");
    }
    append("\n");
    return length < buffer.size() ? std::string_view(buffer.data(), length) : std::string_view();
}

} // namespace bench
