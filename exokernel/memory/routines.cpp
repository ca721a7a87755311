// memset, memcpy, memmove and memcmp: the compiler calls them even in freestanding code.
// Word loops, since string instructions are slow for short runs and byte by byte on some machines.
#include <cstddef>
#include <cstdint>

extern "C" void* memset(void* to, int value, std::size_t count) {
    auto* bytes = static_cast<unsigned char*>(to);
    while (count && reinterpret_cast<std::uint64_t>(bytes) % 8) {
        *bytes++ = static_cast<unsigned char>(value);
        count--;
    }
    std::uint64_t word = 0x0101'0101'0101'0101ull * static_cast<unsigned char>(value);
    for (; count >= 8; count -= 8, bytes += 8)
        *reinterpret_cast<volatile std::uint64_t*>(bytes) = word; // Safe: aligned above; volatile keeps it a loop.
    while (count--)
        *bytes++ = static_cast<unsigned char>(value);
    return to;
}
extern "C" void* memcpy(void* to, const void* from, std::size_t count) {
    auto* target = static_cast<unsigned char*>(to);
    auto* source = static_cast<const unsigned char*>(from);
    for (; count >= 8; count -= 8, target += 8, source += 8) {
        std::uint64_t word;
        __builtin_memcpy(&word, source, 8);
        *reinterpret_cast<volatile std::uint64_t*>(target) = word; // Safe: x86 allows unaligned words.
    }
    while (count--)
        *reinterpret_cast<volatile unsigned char*>(target++) = *source++;
    return to;
}
extern "C" void* memmove(void* to, const void* from, std::size_t count) {
    auto* target = static_cast<unsigned char*>(to);
    auto* source = static_cast<const unsigned char*>(from);
    if (target <= source || target >= source + count)
        return memcpy(to, from, count);
    while (count--)
        *reinterpret_cast<volatile unsigned char*>(target + count) = source[count];
    return to;
}
extern "C" int memcmp(const void* left, const void* right, std::size_t count) {
    auto* a = static_cast<const unsigned char*>(left);
    auto* b = static_cast<const unsigned char*>(right);
    for (; count; count--, a++, b++)
        if (*a != *b)
            return *a < *b ? -1 : 1;
    return 0;
}
extern "C" std::size_t strlen(const char* text) {
    std::size_t length = 0;
    while (*static_cast<const volatile char*>(text + length))
        length++;
    return length;
}
extern "C" void* memchr(const void* memory, int wanted, std::size_t count) {
    auto* octets = static_cast<const unsigned char*>(memory);
    for (; count--; octets++)
        if (*static_cast<const volatile unsigned char*>(octets) == static_cast<unsigned char>(wanted))
            return const_cast<unsigned char*>(octets);
    return nullptr;
}
