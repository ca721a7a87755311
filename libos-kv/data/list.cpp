// See list.hpp.
#include "libos-kv/data/list.hpp"

#include "libos-kv/data/garbage.hpp"
#include "libos-kv/data/limits.hpp"

namespace exo::kv {

List::~List() {
    discard(Remains(first_, nodes_));
}

std::size_t List::bytes() const {
    std::size_t bytes = sizeof(List);
    for (const Node* node = first_; node; node = node->next)
        bytes += sizeof(Node) + node->pack.held_bytes();
    return bytes;
}

bool List::has_room(const Node* node, std::size_t octets) {
    constexpr std::size_t overhead = 8, safe_bytes = 8192;
    if (!node)
        return false;
    const std::size_t bytes = node->pack.bytes() + octets + overhead;
    if (limits.list_node >= 0)
        return bytes <= safe_bytes && node->pack.count() < static_cast<std::size_t>(limits.list_node);
    return bytes <= std::size_t{2048} << (limits.list_node < -5 ? 5 : -limits.list_node);
}

List::Node* List::add_node(Node* after, Listpack&& pack) {
    Node* node = make<Node>(after, after ? after->next : first_, std::move(pack));
    (node->previous ? node->previous->next : first_) = node;
    (node->next ? node->next->previous : last_) = node;
    nodes_++;
    return node;
}

void List::remove_node(Node* node) {
    (node->previous ? node->previous->next : first_) = node->next;
    (node->next ? node->next->previous : last_) = node->previous;
    destroy(node);
    nodes_--;
}

void List::push(End end, std::string_view octets) {
    Node* node = end == End::Front ? first_ : last_;
    if (!has_room(node, octets.size()))
        node = add_node(end == End::Front ? nullptr : last_, Listpack());
    if (end == End::Front)
        node->pack.prepend(octets);
    else
        node->pack.append(octets);
    count_++;
}

void List::append_node(Listpack&& pack) {
    count_ += pack.count();
    add_node(last_, std::move(pack));
}

List::Position List::seek(std::int64_t index) const {
    const auto count = static_cast<std::int64_t>(count_);
    if (index < 0)
        index += count;
    if (index < 0 || index >= count)
        return {};
    if (index * 2 <= count) {
        for (Node* node = first_; node; node = node->next) {
            const auto here = static_cast<std::int64_t>(node->pack.count());
            if (index < here)
                return {node, node->pack.seek(index)};
            index -= here;
        }
        return {};
    }
    std::int64_t back = count - 1 - index;
    for (Node* node = last_; node; node = node->previous) {
        const auto here = static_cast<std::int64_t>(node->pack.count());
        if (back < here)
            return {node, node->pack.seek(-1 - back)};
        back -= here;
    }
    return {};
}

List::Position List::next(Position position) const {
    const std::size_t at = position.node->pack.next(position.at);
    if (at != Listpack::end)
        return {position.node, at};
    Node* node = position.node->next;
    return node ? Position{node, node->pack.first()} : Position{};
}

List::Position List::previous(Position position) const {
    const std::size_t at = position.node->pack.previous(position.at);
    if (at != Listpack::end)
        return {position.node, at};
    Node* node = position.node->previous;
    return node ? Position{node, node->pack.last()} : Position{};
}

List::Position List::erase(Position position) {
    Node* node = position.node;
    const std::size_t at = node->pack.erase(position.at);
    count_--;
    if (at != Listpack::end)
        return {node, at};
    Node* following = node->next;
    if (node->pack.count() == 0)
        remove_node(node);
    return following ? Position{following, following->pack.first()} : Position{};
}

void List::erase_range(std::size_t first, std::size_t count) {
    if (count == 0)
        return;
    Node* node;
    if (first <= count_ / 2) {
        for (node = first_; first >= node->pack.count(); node = node->next)
            first -= node->pack.count();
    } else {
        std::size_t behind = count_ - first; // elements from the first one on
        for (node = last_; behind > node->pack.count(); node = node->previous)
            behind -= node->pack.count();
        first = node->pack.count() - behind;
    }
    count_ -= count;
    while (count) {
        Node* next = node->next;
        const std::size_t here = node->pack.count();
        const std::size_t erased = count < here - first ? count : here - first;
        if (erased == here)
            remove_node(node);
        else
            node->pack.erase(node->pack.seek(static_cast<std::int64_t>(first)), erased);
        count -= erased;
        first = 0;
        node = next;
    }
}

void List::replace(Position position, std::string_view octets) {
    position.node->pack.replace(position.at, octets);
}

// Where it does not fit, what stands behind goes into a node of its own.
void List::insert_at(Node* node, std::size_t at, std::string_view octets) {
    count_++;
    if (has_room(node, octets.size())) {
        node->pack.insert(at, octets);
        return;
    }
    if (at == node->pack.bytes() - 1) {
        if (!has_room(node->next, octets.size()))
            add_node(node, Listpack());
        node->next->pack.prepend(octets);
        return;
    }
    if (at == node->pack.first()) {
        if (!has_room(node->previous, octets.size()))
            add_node(node->previous, Listpack());
        node->previous->pack.append(octets);
        return;
    }
    Node* behind = add_node(node, Listpack());
    while (at != Listpack::end) {
        PackedValue value = node->pack.get(at);
        behind->pack.append(value.view());
        at = node->pack.erase(at);
    }
    if (has_room(node, octets.size()))
        node->pack.append(octets);
    else if (has_room(behind, octets.size()))
        behind->pack.prepend(octets);
    else
        add_node(node, Listpack())->pack.append(octets);
}

void List::insert_before(Position position, std::string_view octets) {
    insert_at(position.node, position.at, octets);
}

void List::insert_after(Position position, std::string_view octets) {
    const std::size_t at = position.node->pack.next(position.at);
    insert_at(position.node, at == Listpack::end ? position.node->pack.bytes() - 1 : at, octets);
}

} // namespace exo::kv
