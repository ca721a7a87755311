// An open generated file makes its text at the first read, and keeps it, so that reads piece by piece fit together.
#include "libos-hpc/fs/text_node.hpp"

#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/thread/mutex.hpp"

#include <algorithm>

namespace exo::hpc {

class OpenTextNode final : public Node {
public:
    explicit OpenTextNode(Ref<TextNode> node) : node_(std::move(node)) {}

    std::uint32_t type() const override { return linux_abi::mode::regular; }
    Outcome<Attributes> attributes() override { return node_->attributes(); }
    FileSystemInfo file_system() override { return node_->file_system(); }
    bool generated() const override { return true; }
    Outcome<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override {
        MutexGuard guard(lock_);
        if (!made_) {
            node_->maker_(text_, node_->argument_);
            made_ = true;
        }
        if (!text_.complete())
            return fail(Errno::NOMEM);
        if (offset >= text_.size())
            return 0;
        auto length = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), text_.size() - offset));
        copy_bytes(buffer.data(), text_.view().data() + offset, length);
        return length;
    }

private:
    Ref<TextNode> node_;
    Mutex lock_; // of what follows
    bool made_ = false;
    Text text_;
};

Outcome<Attributes> TextNode::attributes() {
    Attributes result;
    result.device = kind_.device;
    result.inode = inode_;
    result.mode = type_ | (linux_abi::is_symlink(type_) ? 0777u : 0444u);
    result.accessed = result.modified = result.changed = wall_clock();
    return result;
}

FileSystemInfo TextNode::file_system() {
    FileSystemInfo info;
    info.type = kind_.type;
    info.read_only = true;
    return info;
}

Outcome<Ref<Node>> TextNode::open(std::uint32_t flags) {
    if ((flags & linux_abi::open_flag::access_mask) != linux_abi::open_flag::read_only)
        return fail(Errno::ACCES);
    Ref<Node> opened = make<OpenTextNode>(Ref<TextNode>(this));
    if (!opened)
        return fail(Errno::NOMEM);
    return opened;
}

Outcome<std::size_t> TextNode::read_link(std::span<char> buffer) {
    if (!linux_abi::is_symlink(type_))
        return fail(Errno::INVAL);
    Text text;
    maker_(text, argument_);
    if (!text.complete())
        return fail(Errno::NOMEM);
    std::size_t length = std::min(buffer.size(), text.size());
    copy_bytes(buffer.data(), text.view().data(), length);
    return length;
}

} // namespace exo::hpc
