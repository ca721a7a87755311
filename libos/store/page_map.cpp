// Leaves of 16 places below nodes of 64 children. Recursion is as deep as the tree, at most 11 levels for 64 bits.
#include "libos/store/page_map.hpp"

#include "libos/memory/heap.hpp"

namespace exo::store {

namespace {
constexpr unsigned leaf_bits = 4, inner_bits = 6;

// Indices below one child of a node that is `height` above the leaves, as a power of two.
constexpr unsigned child_bits(unsigned height) {
    return leaf_bits + inner_bits * (height - 1);
}
// Whether an index is within reach of a root at that height.
constexpr bool covers(unsigned height, std::uint64_t index) {
    const unsigned bits = leaf_bits + inner_bits * height;
    return bits >= 64 || index >> bits == 0;
}
constexpr unsigned slot(unsigned height, std::uint64_t index) {
    return static_cast<unsigned>(index >> child_bits(height)) & ((1u << inner_bits) - 1);
}
} // namespace

struct PageMap::Leaf {
    Place places[1u << leaf_bits];
};
struct PageMap::Inner {
    void* children[1u << inner_bits] = {};
};

PageMap::~PageMap() {
    erase(0, ~0ull);
}

Place* PageMap::find(std::uint64_t index) const {
    if (!root_ || !covers(height_, index))
        return nullptr;
    void* node = root_;
    for (unsigned height = height_; height; height--) {
        node = static_cast<Inner*>(node)->children[slot(height, index)];
        if (!node)
            return nullptr;
    }
    Place& place = static_cast<Leaf*>(node)->places[index & ((1u << leaf_bits) - 1)];
    return place.sector ? &place : nullptr;
}

Place* PageMap::make(std::uint64_t index) {
    if (!root_)
        height_ = 0;
    while (!covers(height_, index)) {
        if (root_) {
            auto* const above = heap_new<Inner>();
            if (!above)
                return nullptr;
            above->children[0] = root_;
            root_ = above;
        }
        height_++;
    }
    void** at = &root_;
    for (unsigned height = height_; height; height--) {
        if (!*at && !(*at = heap_new<Inner>()))
            return nullptr;
        at = &static_cast<Inner*>(*at)->children[slot(height, index)];
    }
    if (!*at && !(*at = heap_new<Leaf>()))
        return nullptr;
    return &static_cast<Leaf*>(*at)->places[index & ((1u << leaf_bits) - 1)];
}

bool PageMap::next_below(void* node, unsigned height, std::uint64_t base, std::uint64_t& index, Place*& place) {
    if (height == 0) {
        auto& leaf = *static_cast<Leaf*>(node);
        for (unsigned i = index > base ? static_cast<unsigned>(index - base) : 0; i < 1u << leaf_bits; i++)
            if (leaf.places[i].sector) {
                index = base + i;
                place = &leaf.places[i];
                return true;
            }
        return false;
    }
    auto& inner = *static_cast<Inner*>(node);
    for (unsigned i = index > base ? slot(height, index) : 0; i < 1u << inner_bits; i++) {
        const std::uint64_t child_base = base + (std::uint64_t{i} << child_bits(height));
        if (inner.children[i] && next_below(inner.children[i], height - 1, child_base, index, place))
            return true;
    }
    return false;
}

bool PageMap::next(std::uint64_t& index, Place*& place) const {
    return root_ && covers(height_, index) && next_below(root_, height_, 0, index, place);
}

std::uint64_t PageMap::next_hole(std::uint64_t index) const {
    while (find(index))
        index++;
    return index;
}

// Whether nothing is left of the node, which the caller then forgets.
bool PageMap::erase_below(void* node, unsigned height, std::uint64_t base, std::uint64_t first, std::uint64_t last) {
    bool empty = true;
    if (height == 0) {
        auto* const leaf = static_cast<Leaf*>(node);
        for (unsigned i = 0; i < 1u << leaf_bits; i++) {
            if (base + i >= first && base + i <= last)
                leaf->places[i] = {};
            empty = empty && !leaf->places[i].sector;
        }
        if (empty)
            heap_delete(leaf);
        return empty;
    }
    auto* const inner = static_cast<Inner*>(node);
    for (unsigned i = 0; i < 1u << inner_bits; i++) {
        void*& child = inner->children[i];
        const std::uint64_t child_base = base + (std::uint64_t{i} << child_bits(height));
        const std::uint64_t child_last = child_base + ((1ull << child_bits(height)) - 1);
        if (child && child_base <= last && child_last >= first &&
            erase_below(child, height - 1, child_base, first, last))
            child = nullptr;
        empty = empty && !child;
    }
    if (empty)
        heap_delete(inner);
    return empty;
}

void PageMap::erase(std::uint64_t first, std::uint64_t last) {
    if (root_ && erase_below(root_, height_, 0, first, last))
        root_ = nullptr;
}

} // namespace exo::store
