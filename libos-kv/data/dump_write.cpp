// Values into octets. Interface: dump.hpp.
#include "libos-kv/data/crc64.hpp"
#include "libos-kv/data/dump.hpp"
#include "libos-kv/data/dump_format.hpp"
#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv {

namespace {

void append_little(Text& out, std::uint64_t value, std::size_t octets) {
    for (std::size_t index = 0; index < octets; index++)
        out.append(static_cast<char>(value >> (8 * index)));
}

void append_big(Text& out, std::uint64_t value, std::size_t octets) {
    while (octets-- > 0)
        out.append(static_cast<char>(value >> (8 * octets)));
}

void append_length(Text& out, std::uint64_t length) {
    if (length < 1u << 6) {
        out.append(static_cast<char>(length));
    } else if (length < 1u << 14) {
        append_big(out, std::uint64_t{1} << 14 | length, 2);
    } else if (length <= UINT32_MAX) {
        out.append(static_cast<char>(wide_32));
        append_big(out, length, 4);
    } else {
        out.append(static_cast<char>(wide_64));
        append_big(out, length, 8);
    }
}

void append_special(Text& out, DumpedSpecial kind) {
    out.append(static_cast<char>(static_cast<unsigned>(DumpedLength::Special) << 6 | static_cast<unsigned>(kind)));
}

// Numbers of up to 32 bits in as many octets as they need.
void append_string(Text& out, std::string_view octets) {
    const auto number = parse_integer(octets);
    if (!number || *number < INT32_MIN || *number > INT32_MAX) {
        append_length(out, octets.size());
        out.append(octets);
        return;
    }
    const auto bits = static_cast<std::uint64_t>(*number);
    if (*number >= INT8_MIN && *number <= INT8_MAX) {
        append_special(out, DumpedSpecial::Number8);
        append_little(out, bits, 1);
    } else if (*number >= INT16_MIN && *number <= INT16_MAX) {
        append_special(out, DumpedSpecial::Number16);
        append_little(out, bits, 2);
    } else {
        append_special(out, DumpedSpecial::Number32);
        append_little(out, bits, 4);
    }
}

void append_type(Text& out, DumpedAs type) {
    out.append(static_cast<char>(type));
}

void append_list(Text& out, const List& list) {
    append_type(out, DumpedAs::ListNodes);
    append_length(out, list.nodes());
    for (const List::Node* node = list.first_node(); node; node = node->next) {
        append_length(out, static_cast<std::uint64_t>(DumpedNode::Pack));
        append_string(out, node->pack.block());
    }
}

// The least width that holds all of them.
void append_numbers(Text& out, const PackedNumbers& numbers) {
    const std::int64_t least = numbers[0], greatest = numbers[numbers.size() - 1];
    const std::size_t width = least >= INT16_MIN && greatest <= INT16_MAX   ? 2
                              : least >= INT32_MIN && greatest <= INT32_MAX ? 4
                                                                            : 8;
    append_type(out, DumpedAs::Numbers);
    append_length(out, 8 + width * numbers.size());
    append_little(out, width, 4);
    append_little(out, numbers.size(), 4);
    for (std::size_t index = 0; index < numbers.size(); index++)
        append_little(out, static_cast<std::uint64_t>(numbers[index]), width);
}

void append_set(Text& out, const Set& set) {
    if (set.is_numbers())
        return append_numbers(out, set.numbers());
    append_type(out, DumpedAs::Members);
    append_length(out, set.size());
    set.for_each([&](std::string_view member) { append_string(out, member); });
}

void append_sorted_set(Text& out, const SortedSet& set) {
    if (set.is_packed()) {
        append_type(out, DumpedAs::ScoresPack);
        return append_string(out, set.pack().block());
    }
    append_type(out, DumpedAs::Scores);
    append_length(out, set.size());
    // The greatest first, so that who reads it always inserts at the front.
    set.for_ranks(set.size() - 1, set.size(), true, [&](std::string_view member, double score) {
        append_string(out, member);
        append_little(out, __builtin_bit_cast(std::uint64_t, score), sizeof score);
    });
}

void append_hash(Text& out, const Hash& hash) {
    if (hash.is_packed()) {
        append_type(out, DumpedAs::PairsPack);
        return append_string(out, hash.pack().block());
    }
    append_type(out, DumpedAs::Pairs);
    append_length(out, hash.size());
    hash.for_each([&](std::string_view field, std::string_view value) {
        append_string(out, field);
        append_string(out, value);
    });
}

} // namespace

void dump_bare_value(Entry& entry, Text& out) {
    switch (entry.type()) {
    case Type::String: {
        StringScratch scratch;
        append_type(out, DumpedAs::String);
        append_string(out, string_of(entry, scratch));
        break;
    }
    case Type::List:
        append_list(out, entry.list());
        break;
    case Type::Set:
        append_set(out, entry.set());
        break;
    case Type::SortedSet:
        append_sorted_set(out, entry.sorted_set());
        break;
    case Type::Hash:
        append_hash(out, entry.hash());
        break;
    }
}

void dump_value(Entry& entry, Text& out) {
    const std::size_t begin = out.size();
    dump_bare_value(entry, out);
    append_little(out, dump_version, dump_version_bytes);
    append_little(out, crc64(out.view().substr(begin)), dump_sum_bytes);
}

} // namespace exo::kv
