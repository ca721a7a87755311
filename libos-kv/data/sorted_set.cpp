// See sorted_set.hpp.
#include "libos-kv/data/sorted_set.hpp"

#include "libos-kv/data/garbage.hpp"
#include "libos-kv/data/limits.hpp"
#include "libos-kv/number/real.hpp"

namespace exo::kv {

SortedSet::~SortedSet() {
    if (members_)
        discard(*members_);
    destroy(members_);
    destroy(ranked_);
}

std::size_t SortedSet::bytes() const {
    std::size_t bytes = sizeof(SortedSet) + pack_.held_bytes();
    if (!ranked_)
        return bytes;
    bytes += sizeof *members_ + members_->table_bytes() + ranked_->own_bytes();
    for (Ranked* node = ranked_->at(0); node; node = SkipList::next(node))
        bytes += block_bytes(node->bytes());
    return bytes;
}

double SortedSet::score_at(std::size_t at) const {
    const PackedValue value = pack_.get(at);
    if (value.is_number)
        return static_cast<double>(value.number);
    return parse_double(value.octets).value_or(0);
}

std::optional<double> SortedSet::score(std::string_view member) const {
    if (ranked_) {
        const Ranked* node = members_->get(member);
        return node ? std::optional(node->score) : std::nullopt;
    }
    const std::size_t at = pack_.find(pack_.first(), member, 2);
    return at == Listpack::end ? std::nullopt : std::optional(score_at(pack_.next(at)));
}

std::optional<std::size_t> SortedSet::rank(std::string_view member) const {
    const auto own = score(member);
    if (!own)
        return std::nullopt;
    return count_while([&](double score, std::string_view other) {
        return score < *own || (score == *own && compare_octets(other, member) < 0);
    });
}

std::size_t SortedSet::format_packed_score(double score, char* out) {
    constexpr double whole_max = 4611686018427387904.0; // 2^62
    if (score >= -whole_max && score <= whole_max)
        if (const auto whole = static_cast<std::int64_t>(score); static_cast<double>(whole) == score)
            return format_integer(whole, out);
    return format_double(score, out);
}

void SortedSet::pack_insert(std::string_view member, double score) {
    char text[double_text_max];
    const std::string_view shown(text, format_packed_score(score, text));
    std::size_t at = pack_.first();
    while (at != Listpack::end) {
        PackedValue other = pack_.get(at);
        const std::size_t behind = pack_.next(at);
        const double its = score_at(behind);
        if (its > score || (its == score && compare_octets(other.view(), member) > 0))
            break;
        at = pack_.next(behind);
    }
    if (at == Listpack::end) {
        pack_.append(member);
        pack_.append(shown);
        return;
    }
    pack_.insert(at, member);
    pack_.insert_after(at, shown);
}

void SortedSet::unpack() {
    if (ranked_)
        return;
    SkipList* ranked = make<SkipList>();
    members_ = make<Index<RankedTraits>>();
    for_each([&](std::string_view member, double score) { members_->insert(ranked->insert(member, score)); });
    ranked_ = ranked;
    pack_.reset();
}

void SortedSet::admit(std::size_t octets, std::size_t members) {
    if (!ranked_ && (octets > static_cast<std::size_t>(limits.sorted_set_octets) ||
                     members > static_cast<std::size_t>(limits.sorted_set_entries)))
        unpack();
}

void SortedSet::set(std::string_view member, double score) {
    if (ranked_) {
        if (Ranked* old = members_->get(member)) {
            if (old->score == score)
                return;
            members_->exchange(ranked_->insert(member, score));
            ranked_->erase(old);
            return;
        }
        members_->insert(ranked_->insert(member, score));
        return;
    }
    const std::size_t at = pack_.find(pack_.first(), member, 2);
    if (at != Listpack::end) {
        pack_.erase(at, 2);
        return pack_insert(member, score);
    }
    admit(member.size(), size() + 1);
    if (ranked_)
        members_->insert(ranked_->insert(member, score));
    else
        pack_insert(member, score);
}

bool SortedSet::erase(std::string_view member) {
    if (ranked_) {
        Ranked* node = members_->remove(member);
        if (node)
            ranked_->erase(node);
        return node != nullptr;
    }
    const std::size_t at = pack_.find(pack_.first(), member, 2);
    if (at == Listpack::end)
        return false;
    pack_.erase(at, 2);
    return true;
}

void SortedSet::erase_ranks(std::size_t first, std::size_t count) {
    if (!ranked_) {
        if (const std::size_t at = pack_.seek(static_cast<std::int64_t>(first) * 2); at != Listpack::end)
            pack_.erase(at, count * 2);
        return;
    }
    for (Ranked* node = ranked_->at(first); node && count; count--) {
        Ranked* after = SkipList::next(node);
        members_->remove(node->member());
        ranked_->erase(node);
        node = after;
    }
}

} // namespace exo::kv
