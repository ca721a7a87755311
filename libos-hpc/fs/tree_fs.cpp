// Listing and looking up in generated directories. Interface: tree_fs.hpp.
#include "libos-hpc/fs/tree_fs.hpp"

#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {
namespace {

constinit Mutex making; // of every lazy node: they are few, and made once
std::atomic<std::uint64_t> generated_inodes{1};

} // namespace

std::uint64_t next_generated_inode() {
    return generated_inodes.fetch_add(1, std::memory_order_relaxed);
}

TreeDirectory::TreeDirectory(TreeKind kind, Ref<Node> under, std::uint32_t permissions)
    : kind_(kind), under_(std::move(under)), permissions_(permissions), inode_(next_generated_inode()) {}

bool TreeDirectory::add(std::string_view name, Ref<Node> node) {
    Text kept(name);
    return node && kept.complete() && entries_.push({std::move(kept), std::move(node), nullptr, 0});
}

bool TreeDirectory::add_lazy(std::string_view name, Maker maker, std::uint64_t argument) {
    Text kept(name);
    return kept.complete() && entries_.push({std::move(kept), Ref<Node>(), maker, argument});
}

Outcome<Attributes> TreeDirectory::attributes() {
    if (under_)
        return under_->attributes();
    Attributes result;
    result.device = kind_.device;
    result.inode = inode_;
    result.links = 2;
    result.mode = linux_abi::mode::directory | permissions_;
    result.accessed = result.modified = result.changed = wall_clock();
    return result;
}

FileSystemInfo TreeDirectory::file_system() {
    if (under_)
        return under_->file_system();
    FileSystemInfo info;
    info.type = kind_.type;
    info.read_only = true;
    return info;
}

TreeDirectory::Entry* TreeDirectory::find(std::string_view name) {
    for (Entry& entry : entries_) {
        if (entry.name.view() == name)
            return &entry;
    }
    return nullptr;
}

Outcome<Ref<Node>> TreeDirectory::node_of(Entry& entry) {
    MutexGuard guard(making);
    if (!entry.node && entry.maker)
        entry.node = entry.maker(entry.argument);
    if (!entry.node)
        return fail(Errno::IO);
    return entry.node;
}

Outcome<Ref<Node>> TreeDirectory::lookup(std::string_view name) {
    if (Entry* entry = find(name))
        return node_of(*entry);
    if (under_)
        return under_->lookup(name);
    return fail(Errno::NOENT);
}

Done TreeDirectory::list(std::uint64_t position, DirectorySink& sink) {
    for (std::uint64_t i = position; i < entries_.size(); ++i) {
        auto node = node_of(entries_[i]);
        if (!node)
            continue;
        auto found = (*node)->attributes();
        std::uint64_t inode = found ? found->inode : 0;
        auto type = static_cast<std::uint8_t>((*node)->type() >> 12);
        if (!sink.take({entries_[i].name.view(), inode, type, i + 1}))
            return {};
    }
    if (!under_)
        return {};
    // Names that are hidden by our own are left out.
    class Unhidden final : public DirectorySink {
    public:
        Unhidden(TreeDirectory& own, DirectorySink& inner) : own_(own), inner_(inner) {}
        bool take(const DirectoryItem& item) override {
            if (own_.find(item.name))
                return true;
            DirectoryItem shifted = item;
            shifted.next += own_.entries_.size();
            return inner_.take(shifted);
        }

    private:
        TreeDirectory& own_;
        DirectorySink& inner_;
    };
    Unhidden unhidden(*this, sink);
    return under_->list(position > entries_.size() ? position - entries_.size() : 0, unhidden);
}

} // namespace exo::hpc
