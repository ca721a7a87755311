// A bucket of an index: one cache line with places for items, a tag of eight bits each, and what is known of items that
// belong here or before and lie further on, so that few who look for what is not there look further. `Reference` says
// how an address is kept (libos-kv/memory/reference.hpp).
#pragma once

#include <bit>
#include <cstdint>
#include <emmintrin.h>

namespace exo::kv {

template <typename Item, typename Reference>
struct alignas(64) Bucket {
    static constexpr unsigned places = 61 / (1 + Reference::octets);

    std::uint8_t references[61 - places];
    std::uint8_t tags[places];   // 0: empty
    std::uint8_t passed;         // items put further on because this was full; 255 stays
    std::uint8_t passed_tags[2]; // a bit for each of sixteen kinds of tags that may be among them

    // A bit for each place with this tag.
    unsigned matches(std::uint8_t tag) const {
        // Safe: the last sixteen octets of an aligned line.
        const __m128i end = _mm_load_si128(reinterpret_cast<const __m128i*>(this) + 3);
        const __m128i same = _mm_cmpeq_epi8(end, _mm_set1_epi8(static_cast<char>(tag)));
        return static_cast<unsigned>(_mm_movemask_epi8(same)) >> (sizeof references - 48) & all;
    }
    unsigned used() const { return ~matches(0) & all; }

    bool may_have_passed(std::uint8_t tag) const { return passed_tags[tag >> 3 & 1] >> (tag & 7) & 1; }
    void note_passed(std::uint8_t tag) {
        passed += passed != 255;
        passed_tags[tag >> 3 & 1] |= static_cast<std::uint8_t>(1 << (tag & 7));
    }
    void forget_passed() {
        passed -= passed != 255;
        if (passed == 0)
            passed_tags[0] = passed_tags[1] = 0;
    }

    Item* item(unsigned place) const {
        constexpr unsigned others = 64 - Reference::octets * 8; // bits that are not its own
        std::uint64_t word;
        // Safe: within the line, as the tags follow.
        __builtin_memcpy(&word, reinterpret_cast<const char*>(this) + place * Reference::octets, sizeof word);
        // Safe: the address that `set` was given.
        return reinterpret_cast<Item*>((word << others >> (others - Reference::shift)) + Reference::base);
    }
    void set(unsigned place, Item* item) {
        const std::uint64_t word = (reinterpret_cast<std::uintptr_t>(item) - Reference::base) >> Reference::shift;
        __builtin_memcpy(references + place * Reference::octets, &word, Reference::octets);
    }

private:
    static constexpr unsigned all = (1u << places) - 1;
    static_assert(places * Reference::octets <= sizeof references && sizeof references >= 48);
};

} // namespace exo::kv
