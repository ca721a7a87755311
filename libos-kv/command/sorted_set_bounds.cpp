// See sorted_set_bounds.hpp.
#include "libos-kv/command/sorted_set_bounds.hpp"

#include "libos-kv/number/real.hpp"

namespace exo::kv {

namespace {

// As strtod reads it, up to a NUL: nothing at all is 0, blanks may be in front of a number, and what is too large is
// infinite.
bool read_bound(std::string_view text, ScoreBound& bound) {
    text = text.substr(0, text.find('\0'));
    bound.open = text.starts_with('(');
    if (bound.open)
        text.remove_prefix(1);
    bound.score = 0;
    if (text.empty())
        return true;
    while (!text.empty() && (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')))
        text.remove_prefix(1);
    const auto score = parse_double(text);
    bound.score = score.value_or(0);
    return score.has_value();
}

bool read_bound(std::string_view text, OctetsBound& bound) {
    using Kind = OctetsBound::Kind;
    const char first = text.empty() ? '\0' : text.front();
    if (first == '(' || first == '[') {
        bound = {first == '(' ? Kind::Open : Kind::Closed, text.substr(1)};
        return true;
    }
    bound = {first == '+' ? Kind::Above : Kind::Below, {}};
    return (first == '+' || first == '-') && (text.size() == 1 || text[1] == '\0');
}

bool is_below(double score, const ScoreBound& bound) {
    return score < bound.score || (bound.open && score == bound.score);
}
bool is_not_above(double score, const ScoreBound& bound) {
    return score < bound.score || (!bound.open && score == bound.score);
}

bool is_before(std::string_view member, const OctetsBound& bound, bool or_at) {
    if (bound.kind == OctetsBound::Kind::Below || bound.kind == OctetsBound::Kind::Above)
        return bound.kind == OctetsBound::Kind::Above;
    const int order = compare_octets(member, bound.octets);
    return order < 0 || (or_at && order == 0);
}

bool is_below(std::string_view member, const OctetsBound& bound) {
    return is_before(member, bound, bound.kind == OctetsBound::Kind::Open);
}
bool is_not_above(std::string_view member, const OctetsBound& bound) {
    return is_before(member, bound, bound.kind == OctetsBound::Kind::Closed);
}

Ranks between(std::size_t first, std::size_t stop) {
    return first < stop ? Ranks{first, stop - first} : Ranks();
}

} // namespace

bool read_range(Call& call, std::string_view least, std::string_view greatest, ScoreRange& range) {
    if (read_bound(least, range.least) && read_bound(greatest, range.greatest))
        return true;
    call.reply.error("ERR min or max is not a float");
    return false;
}

bool read_range(Call& call, std::string_view least, std::string_view greatest, OctetsRange& range) {
    if (read_bound(least, range.least) && read_bound(greatest, range.greatest))
        return true;
    call.reply.error("ERR min or max not valid string range item");
    return false;
}

Ranks ranks_within(const SortedSet& set, const ScoreRange& range) {
    return between(
        set.count_while([&](double score, std::string_view) { return is_below(score, range.least); }),
        set.count_while([&](double score, std::string_view) { return is_not_above(score, range.greatest); }));
}

Ranks ranks_within(const SortedSet& set, const OctetsRange& range) {
    return between(
        set.count_while([&](double, std::string_view member) { return is_below(member, range.least); }),
        set.count_while([&](double, std::string_view member) { return is_not_above(member, range.greatest); }));
}

Ranks ranks_within(const SortedSet& set, std::int64_t start, std::int64_t end) {
    const auto size = static_cast<std::int64_t>(set.size());
    start += start < 0 ? size : 0;
    end += end < 0 ? size : 0;
    start = start < 0 ? 0 : start;
    end = end >= size ? size - 1 : end;
    if (start > end)
        return {};
    return {static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1)};
}

} // namespace exo::kv
