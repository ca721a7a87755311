// A sorted set: few members in one listpack, each followed by its score, or a skip list with an index of its members.
// What commands ask for are ranks: every range, of scores or of octets, is one of ranks.
#pragma once

#include "libos-kv/data/index.hpp"
#include "libos-kv/data/listpack.hpp"
#include "libos-kv/data/skip_list.hpp"

#include <optional>

namespace exo::kv {

struct RankedTraits {
    using Item = Ranked;
    static std::string_view key(const Ranked& node) { return node.member(); }
};

class SortedSet {
public:
    SortedSet() = default;
    // Takes a listpack of members and scores in order, as it was dumped.
    explicit SortedSet(Listpack&& pack) : pack_(std::move(pack)) {}
    SortedSet(const SortedSet&) = delete;
    SortedSet& operator=(const SortedSet&) = delete;
    ~SortedSet();

    std::size_t size() const { return ranked_ ? ranked_->size() : pack_.count() / 2; }
    bool is_packed() const { return ranked_ == nullptr; }
    const Listpack& pack() const { return pack_; }
    std::size_t bytes() const;

    std::optional<double> score(std::string_view member) const;
    std::optional<std::size_t> rank(std::string_view member) const; // 0 has the lowest score
    // Adds it, or moves it to where its score puts it.
    void set(std::string_view member, double score);
    bool erase(std::string_view member);
    void erase_ranks(std::size_t first, std::size_t count);
    void unpack(); // no longer a listpack
    // No longer one listpack, if a string of so many octets or so many members make it too large.
    void admit(std::size_t octets, std::size_t members = 0);

    // visit(member, score) for so many from a rank on, towards higher ranks or lower ones.
    template <typename Visit>
    void for_ranks(std::size_t first, std::size_t count, bool descending, Visit visit) const {
        if (!ranked_) {
            for (std::size_t at = count ? pack_.seek(static_cast<std::int64_t>(first) * 2) : Listpack::end;
                 count && at != Listpack::end; count--) {
                PackedValue member = pack_.get(at);
                visit(member.view(), score_at(pack_.next(at)));
                at = descending ? pack_.previous(at) : pack_.next(pack_.next(at));
                if (descending && at != Listpack::end)
                    at = pack_.previous(at);
            }
            return;
        }
        for (Ranked* node = ranked_->at(first); node && count; count--) {
            visit(node->member(), node->score);
            node = descending ? node->previous : SkipList::next(node);
        }
    }
    template <typename Visit>
    void for_each(Visit visit) const {
        for_ranks(0, size(), false, visit);
    }
    // As SkipList::count_while.
    template <typename IsBefore>
    std::size_t count_while(IsBefore is_before) const {
        if (ranked_)
            return ranked_->count_while(is_before);
        std::size_t rank = 0;
        for (std::size_t at = pack_.first(); at != Listpack::end; rank++) {
            PackedValue member = pack_.get(at);
            const std::size_t behind = pack_.next(at);
            if (!is_before(score_at(behind), member.view()))
                break;
            at = pack_.next(behind);
        }
        return rank;
    }
    // A score's text as listpacks have it in Redis: whole numbers of up to 2^62 are such, also zero below zero. Octets
    // at `out`: double_text_max (number/real.hpp).
    static std::size_t format_packed_score(double score, char* out);
    // visit(member, score), as Index::scan; a listpack is visited whole.
    template <typename Visit>
    std::uint64_t scan(std::uint64_t cursor, Visit visit) const {
        if (ranked_)
            return members_->scan(cursor, [&](const Ranked& node) { visit(node.member(), node.score); });
        for_each(visit);
        return 0;
    }
    // Any member's rank, each as likely.
    template <typename Random>
    std::size_t random_rank(Random random) const {
        return random() % size();
    }

private:
    double score_at(std::size_t at) const;
    void pack_insert(std::string_view member, double score);

    Listpack pack_;
    SkipList* ranked_ = nullptr; // null: packed
    Index<RankedTraits>* members_ = nullptr;
};

} // namespace exo::kv
