// Byte routines in general registers. Built with -fno-builtin, or the compiler would make each loop a call to itself.
#include "libos/memory/bytes.hpp"

#include "secure-bindings/abi/types.hpp"

namespace exo {

namespace {

// A word at any address: user memory has no alignment of its own.
struct [[gnu::packed, gnu::may_alias]] Word {
    std::uint64_t value;
};
struct [[gnu::packed, gnu::may_alias]] HalfWord {
    std::uint32_t value;
};

// Safe: bytes of the caller's ranges, through a type that may alias anything.
Word* word_at(std::byte* address) {
    return reinterpret_cast<Word*>(address);
}
const Word* word_at(const std::byte* address) {
    return reinterpret_cast<const Word*>(address);
}
HalfWord* half_word_at(std::byte* address) {
    return reinterpret_cast<HalfWord*>(address);
}
const HalfWord* half_word_at(const std::byte* address) {
    return reinterpret_cast<const HalfWord*>(address);
}

constexpr std::size_t block = 4 * sizeof(Word);

[[gnu::always_inline]] inline void copy_block(std::byte* out, const std::byte* in) {
    const std::uint64_t a = word_at(in)[0].value, b = word_at(in)[1].value;
    const std::uint64_t c = word_at(in)[2].value, d = word_at(in)[3].value;
    word_at(out)[0].value = a;
    word_at(out)[1].value = b;
    word_at(out)[2].value = c;
    word_at(out)[3].value = d;
}

// Fewer than eight.
[[gnu::always_inline]] inline void copy_few(std::byte* out, const std::byte* in, std::size_t bytes) {
    if (bytes >= sizeof(std::uint32_t)) {
        const std::uint32_t first = half_word_at(in)->value, last = half_word_at(in + bytes - sizeof last)->value;
        half_word_at(out)->value = first;
        half_word_at(out + bytes - sizeof last)->value = last;
        return;
    }
    for (; bytes; --bytes)
        *out++ = *in++;
}

} // namespace

// What is left of a word is the end of the last whole one, some bytes of which are stored twice. It is read first:
// where `move_bytes` copies downwards, the target may lie on it by then.
void copy_bytes(void* to, const void* from, std::size_t bytes) {
    auto* out = static_cast<std::byte*>(to);
    const auto* in = static_cast<const std::byte*>(from);
    if (bytes < sizeof(Word))
        return copy_few(out, in, bytes);
    Word* const end = word_at(out + bytes - sizeof(Word));
    const std::uint64_t last = word_at(in + bytes - sizeof(Word))->value;
    for (; bytes >= 2 * block; bytes -= 2 * block, out += 2 * block, in += 2 * block) {
        copy_block(out, in);
        copy_block(out + block, in + block);
    }
    if (bytes & block) {
        copy_block(out, in);
        out += block;
        in += block;
    }
    if (bytes & 2 * sizeof(Word)) {
        const std::uint64_t a = word_at(in)[0].value, b = word_at(in)[1].value;
        word_at(out)[0].value = a;
        word_at(out)[1].value = b;
        out += 2 * sizeof(Word);
        in += 2 * sizeof(Word);
    }
    if (bytes & sizeof(Word))
        word_at(out)->value = word_at(in)->value;
    end->value = last;
}

void move_bytes(void* to, const void* from, std::size_t bytes) {
    auto* out = static_cast<std::byte*>(to);
    const auto* in = static_cast<const std::byte*>(from);
    // Forwards is right unless the target begins inside the source.
    if (static_cast<std::size_t>(out - in) >= bytes) {
        copy_bytes(to, from, bytes);
        return;
    }
    for (; bytes >= block; bytes -= block) {
        Word* to_block = word_at(out + bytes - block);
        const Word* from_block = word_at(in + bytes - block);
        const std::uint64_t a = from_block[0].value, b = from_block[1].value;
        const std::uint64_t c = from_block[2].value, d = from_block[3].value;
        to_block[3].value = d;
        to_block[2].value = c;
        to_block[1].value = b;
        to_block[0].value = a;
    }
    for (; bytes >= sizeof(Word); bytes -= sizeof(Word))
        word_at(out + bytes - sizeof(Word))->value = word_at(in + bytes - sizeof(Word))->value;
    for (; bytes; --bytes)
        out[bytes - 1] = in[bytes - 1];
}

void fill_bytes(void* to, int value, std::size_t bytes) {
    auto* out = static_cast<std::byte*>(to);
    const std::uint64_t pattern = 0x0101'0101'0101'0101ull * static_cast<std::uint8_t>(value);
    for (; bytes >= block; bytes -= block, out += block) {
        word_at(out)[0].value = pattern;
        word_at(out)[1].value = pattern;
        word_at(out)[2].value = pattern;
        word_at(out)[3].value = pattern;
    }
    for (; bytes >= sizeof(Word); bytes -= sizeof(Word), out += sizeof(Word))
        word_at(out)->value = pattern;
    for (; bytes; --bytes)
        *out++ = static_cast<std::byte>(value);
}

int compare_bytes(const void* left, const void* right, std::size_t bytes) {
    const auto* a = static_cast<const std::byte*>(left);
    const auto* b = static_cast<const std::byte*>(right);
    while (bytes >= sizeof(Word) && word_at(a)->value == word_at(b)->value) {
        bytes -= sizeof(Word);
        a += sizeof(Word);
        b += sizeof(Word);
    }
    for (; bytes; --bytes, ++a, ++b) {
        if (*a != *b)
            return static_cast<int>(*a) - static_cast<int>(*b);
    }
    return 0;
}

std::size_t string_length(const char* text) {
    std::size_t length = 0;
    while (text[length])
        ++length;
    return length;
}

bool same_string(const char* left, const char* right) {
    while (*left && *left == *right) {
        ++left;
        ++right;
    }
    return *left == *right;
}

void zero_pages(void* page, std::size_t pages) {
    auto* out = static_cast<std::uint64_t*>(page);
    constexpr std::size_t words_per_step = 32;
    for (const std::uint64_t* end = out + pages * (page_bytes / sizeof(std::uint64_t)); out != end;
         out += words_per_step) {
#pragma clang loop unroll(full)
        for (std::size_t i = 0; i < words_per_step; ++i)
            out[i] = 0;
    }
}

void copy_page(void* to, const void* from) {
    copy_bytes(to, from, page_bytes);
}

} // namespace exo
