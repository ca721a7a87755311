// Members in the order of their scores, those of equal scores in the order of their octets: a list with express lanes,
// each link with the number of members it leaps over, so that a rank is found as fast as a score.
#pragma once

#include "libos-kv/memory/array.hpp"

namespace exo::kv {

struct Ranked {
    static constexpr unsigned levels_max = 24;
    struct Link {
        Ranked* next;
        std::size_t span; // to `next`; at the end, to the end
    };

    double score;
    Ranked* previous;
    std::uint32_t size;
    std::uint32_t levels;

    static Ranked* create(std::string_view member, double score, unsigned levels);
    static void destroy(Ranked* node);
    std::size_t bytes() const { return sizeof(Ranked) + levels * sizeof(Link) + size; }
    Link* links() { return reinterpret_cast<Link*>(this + 1); } // Safe: behind it in its block, which is made for them.
    std::string_view member() const {
        // Safe: as above.
        return {reinterpret_cast<const char*>(this + 1) + levels * sizeof(Link), size};
    }
};

// Whoever has one knows its members otherwise, and frees those that `erase` has not.
class SkipList {
public:
    SkipList();
    SkipList(const SkipList&) = delete;
    SkipList& operator=(const SkipList&) = delete;
    ~SkipList();

    std::size_t size() const { return count_; }
    std::size_t own_bytes() const { return sizeof *this + block_bytes(head_->bytes()); } // beside its members
    Ranked* insert(std::string_view member, double score);
    void erase(Ranked* node);
    Ranked* at(std::size_t rank) const; // 0 is the first; null: beyond the end
    static Ranked* next(Ranked* node) { return node->links()[0].next; }

    // How many members from the front on `is_before` holds for; once it does not, it holds for none behind.
    template <typename IsBefore>
    std::size_t count_while(IsBefore is_before) const {
        std::size_t rank = 0;
        const Ranked* node = head_;
        for (unsigned level = levels_; level-- > 0;)
            for (;;) {
                const Ranked::Link& link = const_cast<Ranked*>(node)->links()[level];
                if (!link.next || !is_before(link.next->score, link.next->member()))
                    break;
                rank += link.span;
                node = link.next;
            }
        return rank;
    }

private:
    Ranked* head_;
    unsigned levels_ = 1;
    std::size_t count_ = 0;
    std::uint64_t random_ = 0x9e3779b97f4a7c15;
};

} // namespace exo::kv
