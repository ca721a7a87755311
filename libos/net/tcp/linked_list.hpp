// A list whose links lie in what it holds: putting in and taking out take no memory and no walk. Not for users:
// stream.hpp.
#pragma once

#include <cstddef>

namespace exo::net {

template <typename T>
struct Links {
    T* before = nullptr;
    T* after = nullptr;
};

// In the order in which they were put in. One that is in the list is in no other one by the same links.
template <typename T, Links<T> T::* links>
class LinkedList {
public:
    bool is_empty() const { return first_ == nullptr; }
    std::size_t count() const { return count_; }
    T* first() const { return first_; }
    static T* after(const T& item) { return (item.*links).after; }

    void put(T& item) {
        item.*links = {.before = last_, .after = nullptr};
        (last_ ? (last_->*links).after : first_) = &item;
        last_ = &item;
        count_++;
    }
    void take(T& item) {
        const Links<T> around = item.*links;
        (around.before ? (around.before->*links).after : first_) = around.after;
        (around.after ? (around.after->*links).before : last_) = around.before;
        item.*links = {};
        count_--;
    }

private:
    T* first_ = nullptr;
    T* last_ = nullptr;
    std::size_t count_ = 0;
};

} // namespace exo::net
