// Directories of the file system in memory: names, and changing them (rename(2), unlink(2), rmdir(2), link(2)).
// Every function here holds the volume's lock, so a check and the change it allows are one step. Files: ram_fs.cpp.
#include "libos-hpc/fs/ram_fs.hpp"
#include "libos-hpc/fs/wall_clock.hpp"

namespace exo::hpc {

std::size_t RamNode::find(std::string_view name) const {
    for (std::size_t i = 0; i < children_.size(); ++i) {
        if (children_[i].name.view() == name)
            return i;
    }
    return not_found;
}

Outcome<Ref<Node>> RamNode::lookup(std::string_view name) {
    if (!is_directory())
        return fail(Errno::NOTDIR);
    MutexGuard guard(volume_->lock);
    std::size_t index = find(name);
    if (index == not_found)
        return fail(Errno::NOENT);
    return Ref<Node>(children_[index].node);
}

Done RamNode::add_child(std::string_view name, Ref<RamNode> node) {
    if (removed_)
        return fail(Errno::NOENT);
    Text kept(name);
    bool adds_directory = node->is_directory();
    if (!kept.complete() || !children_.push({std::move(kept), node, next_position_ + 1}))
        return fail(Errno::NOSPC);
    ++next_position_;
    if (adds_directory)
        ++links_; // its ".." leads here
    else
        ++node->links_;
    touch();
    return {};
}

Outcome<Ref<RamNode>> RamNode::add_new(std::string_view name, std::uint32_t mode) {
    if (!is_directory())
        return fail(Errno::NOTDIR);
    if (find(name) != not_found)
        return fail(Errno::EXIST);
    auto inode = volume_->new_inode();
    if (!inode)
        return fail(inode.error());
    auto node = make<RamNode>(volume_, *inode, mode);
    if (!node) {
        volume_->free_inode();
        return fail(Errno::NOSPC);
    }
    if (auto added = add_child(name, node); !added)
        return fail(added.error());
    return node;
}

Outcome<Ref<Node>> RamNode::create(const CreateSpec& spec) {
    MutexGuard guard(volume_->lock);
    auto node = add_new(spec.name, linux_abi::mode::regular | spec.mode);
    if (!node)
        return fail(node.error());
    return Ref<Node>(*node);
}

Done RamNode::make_directory(const CreateSpec& spec) {
    MutexGuard guard(volume_->lock);
    auto node = add_new(spec.name, linux_abi::mode::directory | spec.mode);
    if (!node)
        return fail(node.error());
    return {};
}

Done RamNode::make_symlink(std::string_view name, std::string_view target) {
    MutexGuard guard(volume_->lock);
    Text kept(target);
    if (!kept.complete())
        return fail(Errno::NOSPC);
    auto node = add_new(name, linux_abi::mode::symlink | 0777);
    if (!node)
        return fail(node.error());
    (*node)->target_ = std::move(kept);
    return {};
}

Done RamNode::link(std::string_view name, Node& existing) {
    if (existing.volume() != volume())
        return fail(Errno::XDEV);
    auto* other = static_cast<RamNode*>(&existing); // Safe: this file system has no other kind of node.
    MutexGuard guard(volume_->lock);
    if (other->is_directory())
        return fail(Errno::PERM);
    if (find(name) != not_found)
        return fail(Errno::EXIST);
    other->changed_ = wall_clock();
    return add_child(name, Ref<RamNode>(other));
}

Done RamNode::remove(std::string_view name, RemoveKind kind) {
    Ref<RamNode> gone; // goes after the lock is free
    MutexGuard guard(volume_->lock);
    std::size_t index = find(name);
    if (index == not_found)
        return fail(Errno::NOENT);
    RamNode& node = *children_[index].node;
    if (kind == RemoveKind::File && node.is_directory())
        return fail(Errno::ISDIR);
    if (kind == RemoveKind::Directory) {
        if (!node.is_directory())
            return fail(Errno::NOTDIR);
        if (!node.children_.empty())
            return fail(Errno::NOTEMPTY);
        node.removed_ = true;
        node.links_ = 0;
        --links_;
    } else {
        --node.links_;
        node.changed_ = wall_clock();
    }
    gone = children_[index].node;
    children_.erase(index);
    touch();
    return {};
}

bool RamNode::holds(const RamNode& node) const {
    // Depth is bounded by the number of directories; an explicit stack keeps the kit stack small.
    Array<const RamNode*> open;
    if (!open.push(this))
        return true;
    for (std::size_t i = 0; i < open.size(); ++i) {
        if (open[i] == &node)
            return true;
        for (const Child& child : open[i]->children_) {
            if (child.node->is_directory() && !open.push(child.node.get()))
                return true;
        }
    }
    return false;
}

Done RamNode::check_replaceable(const RamNode& moved, const RamNode& target) const {
    if (moved.is_directory()) {
        if (!target.is_directory())
            return fail(Errno::NOTDIR);
        if (!target.children_.empty())
            return fail(Errno::NOTEMPTY);
    } else if (target.is_directory()) {
        return fail(Errno::ISDIR);
    }
    return {};
}

Done RamNode::rename(std::string_view name, Node& new_directory, std::string_view new_name, std::uint32_t flags) {
    if (new_directory.volume() != volume())
        return fail(Errno::XDEV);
    auto* to = static_cast<RamNode*>(&new_directory); // Safe: as in link.
    if (flags & ~linux_abi::rename_flag::no_replace)
        return fail(Errno::INVAL);
    Ref<RamNode> replaced, moved; // go after the lock is free
    MutexGuard guard(volume_->lock);
    std::size_t index = find(name);
    if (index == not_found)
        return fail(Errno::NOENT);
    if (!to->is_directory())
        return fail(Errno::NOTDIR);
    moved = children_[index].node;
    if (moved->is_directory() && moved->holds(*to))
        return fail(Errno::INVAL);
    std::size_t target = to->find(new_name);
    if (target != not_found) {
        replaced = to->children_[target].node;
        if (flags & linux_abi::rename_flag::no_replace)
            return fail(Errno::EXIST);
        if (replaced == moved)
            return {};
        if (auto allowed = check_replaceable(*moved, *replaced); !allowed)
            return allowed;
    }
    if (auto added = to->add_child(new_name, moved); !added)
        return added;
    if (replaced) {
        to->children_.erase(target);
        if (replaced->is_directory()) {
            replaced->removed_ = true;
            replaced->links_ = 0;
            --to->links_;
        } else {
            --replaced->links_;
        }
    }
    // Places may have changed when both names are in one directory: the old one is found again, by node and name.
    for (std::size_t i = 0; i < children_.size(); ++i) {
        if (children_[i].node == moved && children_[i].name.view() == name) {
            children_.erase(i);
            break;
        }
    }
    if (moved->is_directory())
        --links_;
    else
        --moved->links_;
    moved->changed_ = wall_clock();
    touch();
    return {};
}

Done RamNode::list(std::uint64_t position, DirectorySink& sink) {
    if (!is_directory())
        return fail(Errno::NOTDIR);
    MutexGuard guard(volume_->lock);
    for (const Child& child : children_) {
        if (child.position <= position)
            continue;
        auto type = static_cast<std::uint8_t>(child.node->type_ >> 12);
        if (!sink.take({child.name.view(), child.node->inode_, type, child.position}))
            return {};
    }
    return {};
}

} // namespace exo::hpc
