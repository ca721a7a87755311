// Octets into values, and whether they are a dump at all. Interface: dump.hpp.
#include "libos-kv/data/crc64.hpp"
#include "libos-kv/data/dump.hpp"
#include "libos-kv/data/dump_format.hpp"
#include "libos-kv/data/dump_reader.hpp"
#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"
#include "libos-kv/number/real.hpp"

namespace exo::kv {

namespace {

// A string that is a listpack through and through.
bool read_pack(DumpReader& reader, Text& scratch, std::string_view& block) {
    return reader.string(scratch, block) && Listpack::is_sound(block);
}

// So many of something, and at least one.
template <typename ReadOne>
bool read_many(DumpReader& reader, ReadOne read_one) {
    std::uint64_t count;
    if (!reader.count(count) || count == 0)
        return false;
    while (count && read_one())
        count--;
    return count == 0;
}

bool read_nodes(DumpReader& reader, List& list) {
    Text scratch;
    auto read_node = [&] {
        std::uint64_t kind;
        std::string_view octets;
        if (!reader.count(kind))
            return false;
        if (kind == static_cast<std::uint64_t>(DumpedNode::Element)) {
            if (!reader.string(scratch, octets))
                return false;
            list.push(List::End::Back, octets);
            return true;
        }
        if (kind != static_cast<std::uint64_t>(DumpedNode::Pack) || !read_pack(reader, scratch, octets))
            return false;
        Listpack pack(octets);
        if (pack.count())
            list.append_node(std::move(pack));
        return true;
    };
    return read_many(reader, read_node) && list.size() != 0;
}

bool read_members(DumpReader& reader, Set& set) {
    Text scratch;
    std::string_view member;
    return read_many(reader, [&] { return reader.string(scratch, member) && set.insert(member); });
}

bool read_numbers(DumpReader& reader, Set& set) {
    Text scratch;
    std::string_view octets;
    if (!reader.string(scratch, octets))
        return false;
    DumpReader numbers(octets, 0);
    std::uint64_t width, count, bits;
    if (!numbers.little(4, width) || !numbers.little(4, count) || (width != 2 && width != 4 && width != 8))
        return false;
    if (count == 0 || octets.size() != 8 + width * count)
        return false;
    const std::uint64_t unused_bits = 64 - 8 * width;
    std::int64_t last = 0;
    for (std::uint64_t index = 0; index < count; index++) {
        if (!numbers.little(width, bits))
            return false;
        const std::int64_t number = static_cast<std::int64_t>(bits << unused_bits) >> unused_bits;
        if (index != 0 && number <= last)
            return false;
        set.insert(IntegerText(number));
        last = number;
    }
    return true;
}

bool add_score(SortedSet& set, std::string_view member, double score) {
    if (set.score(member))
        return false;
    set.set(member, score);
    return true;
}

bool read_scores(DumpReader& reader, SortedSet& set) {
    Text scratch;
    std::string_view member;
    double score;
    // Which form they get is to be known first: a listpack would lose the sign of a zero.
    DumpReader ahead(reader);
    std::size_t longest = 0, members = 0;
    read_many(ahead, [&] {
        const bool is_there = ahead.string(scratch, member) && ahead.real(score);
        longest = is_there && member.size() > longest ? member.size() : longest;
        members += is_there;
        return is_there;
    });
    set.admit(longest, members);
    return read_many(
        reader, [&] { return reader.string(scratch, member) && reader.real(score) && add_score(set, member, score); });
}

// visit(first, second), which says whether they are taken, for the pairs of a listpack; there is one at least.
template <typename Visit>
bool read_pack_pairs(DumpReader& reader, Visit visit) {
    Text scratch;
    std::string_view block;
    if (!read_pack(reader, scratch, block))
        return false;
    const Listpack pack(block);
    std::size_t at = pack.first();
    if (at == Listpack::end)
        return false;
    while (at != Listpack::end) {
        PackedValue first = pack.get(at);
        const std::size_t behind = pack.next(at);
        if (behind == Listpack::end)
            return false;
        PackedValue second = pack.get(behind);
        if (!visit(first.view(), second.view()))
            return false;
        at = pack.next(behind);
    }
    return true;
}

bool read_scores_pack(DumpReader& reader, SortedSet& set) {
    return read_pack_pairs(reader, [&](std::string_view member, std::string_view text) {
        const auto score = parse_double(text);
        return score && add_score(set, member, *score);
    });
}

bool read_pairs(DumpReader& reader, Hash& hash) {
    Text name_scratch, value_scratch;
    std::string_view name, value;
    return read_many(reader, [&] {
        return reader.string(name_scratch, name) && reader.string(value_scratch, value) && hash.set(name, value);
    });
}

bool read_pairs_pack(DumpReader& reader, Hash& hash) {
    return read_pack_pairs(reader,
                           [&](std::string_view name, std::string_view value) { return hash.set(name, value); });
}

struct Place {
    std::string_view key;
    std::int64_t expiry;
};

Entry* restore_string(DumpReader& reader, const Place& place) {
    Text scratch;
    std::string_view octets;
    if (!reader.string(scratch, octets))
        return nullptr;
    const auto number = parse_integer(octets);
    return number ? Entry::create_number(place.key, *number, place.expiry)
                  : Entry::create_string(place.key, octets, place.expiry);
}

template <typename Object>
Entry* restore_object(DumpReader& reader, const Place& place, Type type, bool (*read)(DumpReader&, Object&)) {
    Object* object = make<Object>();
    if (read(reader, *object))
        return Entry::create_object(place.key, type, object, place.expiry);
    destroy(object);
    return nullptr;
}

Entry* restore(DumpReader& reader, const Place& place) {
    std::uint64_t type;
    if (!reader.little(1, type))
        return nullptr;
    switch (static_cast<DumpedAs>(type)) {
    case DumpedAs::String:
        return restore_string(reader, place);
    case DumpedAs::Members:
        return restore_object(reader, place, Type::Set, read_members);
    case DumpedAs::Pairs:
        return restore_object(reader, place, Type::Hash, read_pairs);
    case DumpedAs::Scores:
        return restore_object(reader, place, Type::SortedSet, read_scores);
    case DumpedAs::Numbers:
        return restore_object(reader, place, Type::Set, read_numbers);
    case DumpedAs::PairsPack:
        return restore_object(reader, place, Type::Hash, read_pairs_pack);
    case DumpedAs::ScoresPack:
        return restore_object(reader, place, Type::SortedSet, read_scores_pack);
    case DumpedAs::ListNodes:
        return restore_object(reader, place, Type::List, read_nodes);
    }
    return nullptr;
}

} // namespace

bool is_dump(std::string_view octets) {
    if (octets.size() < dump_version_bytes + dump_sum_bytes)
        return false;
    const std::size_t summed = octets.size() - dump_sum_bytes;
    std::uint64_t version, sum;
    DumpReader footer(octets.substr(summed - dump_version_bytes), 0);
    return footer.little(dump_version_bytes, version) && version <= dump_version &&
           footer.little(dump_sum_bytes, sum) && sum == crc64(octets.substr(0, summed));
}

Entry* restore_bare_value(std::string_view octets, std::string_view key, std::int64_t expiry, std::size_t room,
                          DumpProblem& problem) {
    DumpReader reader(octets, room);
    Entry* entry = restore(reader, {key, expiry});
    problem = reader.is_too_large() ? DumpProblem::TooLarge : DumpProblem::Damaged;
    return entry;
}

Entry* restore_value(std::string_view dump, std::string_view key, std::int64_t expiry, std::size_t room,
                     DumpProblem& problem) {
    return restore_bare_value(dump.substr(0, dump.size() - dump_version_bytes - dump_sum_bytes), key, expiry, room,
                              problem);
}

} // namespace exo::kv
