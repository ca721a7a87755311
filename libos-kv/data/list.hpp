// A list: listpacks of some kilobytes in a chain, so that both ends are near and the middle is not far.
#pragma once

#include "libos-kv/data/listpack.hpp"

namespace exo::kv {

class List {
public:
    struct Node {
        Node* previous = nullptr;
        Node* next = nullptr;
        Listpack pack;
    };
    // An element, until the next change; `node` null: there is none.
    struct Position {
        Node* node = nullptr;
        std::size_t at = 0;
        explicit operator bool() const { return node != nullptr; }
    };
    enum class End : std::uint8_t { Front, Back };
    class Remains;

    List() = default;
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List();

    std::size_t size() const { return count_; }
    std::size_t nodes() const { return nodes_; }
    const Node* first_node() const { return first_; }
    std::size_t bytes() const;

    void push(End end, std::string_view octets);
    // A node as it was dumped, behind all others.
    void append_node(Listpack&& pack);
    Position seek(std::int64_t index) const; // from the back if negative
    Position next(Position position) const;
    Position previous(Position position) const;
    PackedValue get(Position position) const { return position.node->pack.get(position.at); }
    // Returns the element that follows.
    Position erase(Position position);
    // So many from an index on; all of them are there.
    void erase_range(std::size_t first, std::size_t count);
    void replace(Position position, std::string_view octets);
    void insert_before(Position position, std::string_view octets);
    void insert_after(Position position, std::string_view octets);

private:
    Node* add_node(Node* after, Listpack&& pack); // null: at the front
    void remove_node(Node* node);
    static bool has_room(const Node* node, std::size_t octets);
    void insert_at(Node* node, std::size_t at, std::string_view octets);

    Node* first_ = nullptr;
    Node* last_ = nullptr;
    std::size_t count_ = 0, nodes_ = 0;
};

// What was a list, and is freed as far as one likes at a time.
class List::Remains {
public:
    Remains(Node* first, std::size_t nodes) : first_(first), nodes_(nodes) {}
    Remains(Remains&& other) noexcept
        : first_(std::exchange(other.first_, nullptr)), nodes_(std::exchange(other.nodes_, 0)) {}
    Remains& operator=(Remains&&) = delete;
    ~Remains() {
        take(nodes_, [](Node&) {});
    }

    std::size_t size() const { return nodes_; }
    // Frees up to so many nodes, and shows each to `visit` before. False: none was left.
    template <typename Visit>
    bool take(std::size_t nodes, Visit visit) {
        if (!first_)
            return false;
        for (; nodes && first_; nodes--, nodes_--) {
            visit(*first_);
            destroy(std::exchange(first_, first_->next));
        }
        return true;
    }

private:
    Node* first_;
    std::size_t nodes_;
};

} // namespace exo::kv
