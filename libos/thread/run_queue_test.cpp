// The queue against std::deque.
#include "libos/thread/run_queue.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <random>

using namespace exo;

namespace {
struct Node {
    int number;
    Node* next = nullptr;
};
} // namespace

TEST_CASE("first in, first out, whatever is taken out of the middle") {
    FifoQueue<Node, &Node::next> queue;
    std::deque<Node*> expected;
    Node nodes[64];
    for (int i = 0; i < 64; ++i)
        nodes[i].number = i;
    std::deque<Node*> free;
    for (Node& node : nodes)
        free.push_back(&node);
    std::mt19937 random(3);
    for (int step = 0; step < 20000; ++step) {
        switch (random() % 5) {
        case 0:
        case 1:
            if (!free.empty()) {
                Node* node = free.front();
                free.pop_front();
                if (random() % 4) {
                    queue.push(*node);
                    expected.push_back(node);
                } else {
                    queue.push_front(*node);
                    expected.push_front(node);
                }
            }
            break;
        case 2: {
            Node* node = queue.pop();
            REQUIRE(node == (expected.empty() ? nullptr : expected.front()));
            if (node) {
                expected.pop_front();
                free.push_back(node);
            }
            break;
        }
        case 3: {
            const int wanted = static_cast<int>(random() % 8);
            Node* node = queue.take_first([wanted](const Node& n) { return n.number % 8 == wanted; }, 10);
            Node* found = nullptr;
            for (std::size_t i = 0; i < expected.size() && i < 10 && !found; ++i) {
                if (expected[i]->number % 8 == wanted) {
                    found = expected[i];
                    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(i));
                }
            }
            REQUIRE(node == found);
            if (node)
                free.push_back(node);
            break;
        }
        case 4:
            if (!expected.empty() && !free.empty()) {
                Node* node = free.front();
                free.pop_front();
                REQUIRE(queue.front() == expected.front());
                queue.rotate(*node);
                free.push_back(expected.front());
                expected.pop_front();
                expected.push_back(node);
            }
            break;
        }
        REQUIRE(queue.size() == expected.size());
    }
    Node* chain = queue.take_all();
    for (Node* node : expected) {
        REQUIRE(chain == node);
        chain = chain->next;
    }
    CHECK(chain == nullptr);
    CHECK(queue.empty());
}
