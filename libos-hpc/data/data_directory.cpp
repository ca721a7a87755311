// Names of a volume. Interface: data_node.hpp.
#include "libos-hpc/data/data_node.hpp"

namespace exo::hpc {
namespace {

Done done_of(const files::Status& status) {
    if (!status)
        return fail(errno_of(status.error()));
    return {};
}

constexpr std::uint32_t set_group_id = 02000;

// What is made belongs to whom the program is, user 0 of group 0; in a directory with the set-group-ID bit, to its
// group (inode(7)).
files::Owner owner_in(const files::Inode& directory) {
    const bool passes_on = directory.attributes.mode & set_group_id;
    return {.user = 0, .group = passes_on ? directory.attributes.group : 0};
}

} // namespace

// What an operation gave is held; without memory for a node it is let go.
Outcome<Ref<Node>> DataNode::node_of(const VolumeUse& use, const files::Result<files::Inode*>& inode) {
    if (!inode)
        return fail(errno_of(inode.error()));
    Ref<Node> node = make<DataNode>(volume_, **inode);
    if (!node) {
        use->release(**inode);
        return fail(Errno::NOMEM);
    }
    return node;
}

Outcome<Ref<Node>> DataNode::lookup(std::string_view name) {
    VolumeUse use(volume_);
    return node_of(use, use->lookup(inode_, name));
}

Outcome<Ref<Node>> DataNode::create(const CreateSpec& spec) {
    VolumeUse use(volume_);
    return node_of(use, use->create(inode_, spec.name, linux_abi::mode::regular | spec.mode, owner_in(inode_)));
}

Outcome<Ref<Node>> DataNode::create_unnamed(std::uint32_t mode, bool may_get_name) {
    VolumeUse use(volume_);
    return node_of(use, use->create_unnamed(mode, owner_in(inode_), may_get_name));
}

Done DataNode::make_directory(const CreateSpec& spec) {
    VolumeUse use(volume_);
    const std::uint32_t passed_on = inode_.attributes.mode & set_group_id; // to directories the bit itself, too
    const auto made =
        use->create(inode_, spec.name, linux_abi::mode::directory | spec.mode | passed_on, owner_in(inode_));
    if (!made)
        return fail(errno_of(made.error()));
    use->release(**made);
    return {};
}

Done DataNode::make_symlink(std::string_view name, std::string_view target) {
    VolumeUse use(volume_);
    const auto made = use->make_symlink(inode_, name, target, owner_in(inode_));
    if (!made)
        return fail(errno_of(made.error()));
    use->release(**made);
    return {};
}

Done DataNode::link(std::string_view name, Node& existing) {
    if (existing.volume() != volume())
        return fail(Errno::XDEV);
    auto& other = static_cast<DataNode&>(existing); // Safe: this file system has no other kind of node.
    VolumeUse use(volume_);
    return done_of(use->link(inode_, name, other.inode_));
}

Done DataNode::remove(std::string_view name, RemoveKind kind) {
    VolumeUse use(volume_);
    return done_of(kind == RemoveKind::Directory ? use->remove_directory(inode_, name) : use->unlink(inode_, name));
}

Done DataNode::rename(std::string_view name, Node& new_directory, std::string_view new_name, std::uint32_t flags) {
    if (new_directory.volume() != volume())
        return fail(Errno::XDEV);
    auto& to = static_cast<DataNode&>(new_directory); // Safe: as in link.
    VolumeUse use(volume_);
    return done_of(use->rename(inode_, name, to.inode_, new_name, flags));
}

Done DataNode::list(std::uint64_t position, DirectorySink& sink) {
    class Items final : public files::ListSink {
    public:
        explicit Items(DirectorySink& sink) : sink_(sink) {}
        bool take(std::string_view name, const files::Inode& inode, std::uint64_t next) override {
            return sink_.take({name, inode.number, static_cast<std::uint8_t>(inode.type() >> 12), next});
        }

    private:
        DirectorySink& sink_;
    };
    Items items(sink);
    VolumeUse use(volume_);
    return done_of(use->list(inode_, position, items));
}

} // namespace exo::hpc
