// Directories made by the library OS itself: the root's mount points, and the trees of /proc, /sys and /dev. Names are
// added while a tree is built and never change afterwards, so reading needs no lock. A directory may lie over
// another one (the boot archive's root): its own names come first, what it lacks is looked up there.
#pragma once

#include "libos-hpc/object/array.hpp"
#include "libos-hpc/object/text.hpp"
#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

// Which file system generated nodes say they belong to.
struct TreeKind {
    std::int64_t type;    // linux_abi::file_system::
    std::uint64_t device; // st_dev
};

class TreeDirectory final : public Node {
public:
    explicit TreeDirectory(TreeKind kind, Ref<Node> under = Ref<Node>(), std::uint32_t permissions = 0555);

    // False when memory ran out. The name lives as long as the directory.
    bool add(std::string_view name, Ref<Node> node);
    // Where a name leads is decided at the first lookup.
    using Maker = Ref<Node> (*)(std::uint64_t argument);
    bool add_lazy(std::string_view name, Maker maker, std::uint64_t argument = 0);

    std::uint32_t type() const override { return linux_abi::mode::directory; }
    Outcome<Attributes> attributes() override;
    FileSystemInfo file_system() override;
    const void* volume() const override { return under_ ? under_->volume() : this; }
    Outcome<Ref<Node>> lookup(std::string_view name) override;
    Done list(std::uint64_t position, DirectorySink& sink) override;

private:
    struct Entry {
        Text name;
        Ref<Node> node;
        Maker maker;
        std::uint64_t argument;
    };
    Entry* find(std::string_view name);
    Outcome<Ref<Node>> node_of(Entry& entry);

    TreeKind kind_;
    Ref<Node> under_;
    std::uint32_t permissions_;
    std::uint64_t inode_;
    Array<Entry> entries_;
    std::atomic<bool> making_{false};
};

// Numbers for nodes that have no file system to number them.
std::uint64_t next_generated_inode();

} // namespace exo::hpc
