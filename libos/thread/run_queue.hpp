// First in, first out, linked through the threads themselves. Pure: instantiated for Thread on the machine and for
// a stand-in in the test. Not locked.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

template <typename Node, Node* Node::* Next>
class FifoQueue {
public:
    bool empty() const { return !head_; }
    std::size_t size() const { return size_; }

    void push(Node& node) {
        node.*Next = nullptr;
        if (tail_)
            tail_->*Next = &node;
        else
            head_ = &node;
        tail_ = &node;
        ++size_;
    }
    void push_front(Node& node) {
        node.*Next = head_;
        head_ = &node;
        if (!tail_)
            tail_ = &node;
        ++size_;
    }
    Node* pop() {
        Node* node = head_;
        if (node)
            unlink(nullptr, *node);
        return node;
    }
    // Takes the first out and puts another node in at the end. The queue is not empty.
    void rotate(Node& last) {
        Node* first = head_;
        last.*Next = nullptr;
        tail_->*Next = &last; // the first itself, when it is alone
        tail_ = &last;
        head_ = first->*Next;
    }
    Node* front() const { return head_; }
    // The first for which `wanted` holds, looking at no more than `limit`.
    template <typename Wanted>
    Node* take_first(Wanted&& wanted, std::size_t limit = ~std::size_t{0}) {
        Node* before = nullptr;
        for (Node* node = head_; node && limit--; before = node, node = node->*Next) {
            if (wanted(*node)) {
                unlink(before, *node);
                return node;
            }
        }
        return nullptr;
    }
    // Takes out everything at once; the chain goes on through Next.
    Node* take_all() {
        Node* chain = head_;
        head_ = tail_ = nullptr;
        size_ = 0;
        return chain;
    }

private:
    void unlink(Node* before, Node& node) {
        if (before)
            before->*Next = node.*Next;
        else
            head_ = node.*Next;
        if (tail_ == &node)
            tail_ = before;
        --size_;
    }

    Node* head_ = nullptr;
    Node* tail_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace exo
