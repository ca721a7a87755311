// See skip_list.hpp. Pugh, "Skip lists: a probabilistic alternative to balanced trees", with a quarter of the members a
// level.
#include "libos-kv/data/skip_list.hpp"

namespace exo::kv {

Ranked* Ranked::create(std::string_view member, double score, unsigned levels) {
    Ranked* node = new (allocate(sizeof(Ranked) + levels * sizeof(Link) + member.size())) Ranked;
    node->score = score;
    node->previous = nullptr;
    node->size = static_cast<std::uint32_t>(member.size());
    node->levels = levels;
    for (unsigned level = 0; level < levels; level++)
        node->links()[level] = {nullptr, 0};
    // Safe: as member() reads it.
    copy_bytes(reinterpret_cast<char*>(node + 1) + levels * sizeof(Link), member.data(), member.size());
    return node;
}

void Ranked::destroy(Ranked* node) {
    release(node, node->bytes());
}

SkipList::SkipList() : head_(Ranked::create({}, 0, Ranked::levels_max)) {}

SkipList::~SkipList() {
    Ranked::destroy(head_);
}

namespace {

bool is_before(const Ranked& node, double score, std::string_view member) {
    return node.score < score || (node.score == score && compare_octets(node.member(), member) < 0);
}

} // namespace

Ranked* SkipList::insert(std::string_view member, double score) {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    unsigned levels = 1;
    for (std::uint64_t bits = random_; levels < Ranked::levels_max && (bits & 3) == 0; bits >>= 2)
        levels++;
    if (levels > levels_) {
        for (unsigned level = levels_; level < levels; level++)
            head_->links()[level] = {nullptr, count_};
        levels_ = levels;
    }
    Ranked* made = Ranked::create(member, score, levels);
    Ranked* before[Ranked::levels_max];
    std::size_t ranks[Ranked::levels_max];
    Ranked* node = head_;
    std::size_t rank = 0;
    for (unsigned level = levels_; level-- > 0;) {
        for (;;) {
            const Ranked::Link& link = node->links()[level];
            if (!link.next || !is_before(*link.next, score, member))
                break;
            rank += link.span;
            node = link.next;
        }
        before[level] = node;
        ranks[level] = rank;
    }
    for (unsigned level = 0; level < levels_; level++) {
        Ranked::Link& link = before[level]->links()[level];
        if (level >= levels) {
            link.span++;
            continue;
        }
        const std::size_t ahead = rank - ranks[level];
        made->links()[level] = {link.next, link.span - ahead};
        link = {made, ahead + 1};
    }
    made->previous = before[0] == head_ ? nullptr : before[0];
    if (Ranked* after = next(made))
        after->previous = made;
    count_++;
    return made;
}

void SkipList::erase(Ranked* gone) {
    Ranked* node = head_;
    for (unsigned level = levels_; level-- > 0;) {
        while (node->links()[level].next && is_before(*node->links()[level].next, gone->score, gone->member()))
            node = node->links()[level].next;
        Ranked::Link& link = node->links()[level];
        if (link.next == gone) {
            const Ranked::Link& behind = gone->links()[level];
            link = {behind.next, link.span + behind.span - 1};
        } else {
            link.span--;
        }
    }
    if (Ranked* after = next(gone))
        after->previous = gone->previous;
    while (levels_ > 1 && !head_->links()[levels_ - 1].next)
        levels_--;
    count_--;
    Ranked::destroy(gone);
}

Ranked* SkipList::at(std::size_t rank) const {
    if (rank >= count_)
        return nullptr;
    std::size_t left = rank + 1;
    Ranked* node = head_;
    for (unsigned level = levels_; level-- > 0;)
        while (node->links()[level].next && node->links()[level].span <= left) {
            left -= node->links()[level].span;
            node = node->links()[level].next;
        }
    return node;
}

} // namespace exo::kv
