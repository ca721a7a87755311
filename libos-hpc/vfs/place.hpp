// A place in the tree of names: a node, the name it was reached by, and the place above. Directory descriptors and the
// working directory hold places, so ".." and getcwd need no help from file systems.
#pragma once

#include "libos-hpc/object/text.hpp"
#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

class Place : public Counted {
public:
    Place(Ref<Place> above, std::string_view name, Ref<Node> node)
        : above_(std::move(above)), name_(name), node_(std::move(node)) {}

    Node& node() const { return *node_; }
    const Ref<Node>& node_ref() const { return node_; }
    std::string_view name() const { return name_.view(); }
    // The root is above itself.
    Ref<Place> above() { return above_ ? above_ : Ref<Place>(this); }
    bool is_root() const { return !above_; }

    // The absolute path.
    Text path() const;

private:
    Ref<Place> above_;
    Text name_;
    Ref<Node> node_;
};

} // namespace exo::hpc
