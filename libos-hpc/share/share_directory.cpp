// Directories of a share: the server does what is asked, name by name. Files: share_node.cpp.
#include "libos-hpc/share/share_node.hpp"
#include "libos-hpc/share/translate.hpp"

namespace exo::hpc {
namespace {

constexpr std::uint32_t group_root = 0;
constexpr std::size_t listing_bytes = 8192;

// Safe in the callers: nodes of one volume are all of this type (Node::volume).
ShareNode& share_node(Node& node) {
    return static_cast<ShareNode&>(node);
}

} // namespace

Outcome<Ref<Node>> ShareNode::lookup(std::string_view name) {
    if (!linux_abi::is_directory(type_))
        return fail(Errno::NOTDIR);
    auto walked = system_.client.walk(fid_, std::span(&name, 1));
    if (!walked)
        return fail(errno_of(walked.error()));
    if (!walked->fid)
        return fail(Errno::NOENT);
    Ref<Node> node = make<ShareNode>(system_, *walked->fid, type_of(walked->last));
    if (!node) {
        (void)system_.client.clunk(*walked->fid);
        return fail(Errno::NOMEM);
    }
    return node;
}

Outcome<Ref<Node>> ShareNode::create(const CreateSpec& spec) {
    if (auto writable = check_writable(); !writable)
        return fail(writable.error());
    auto fid = another_fid();
    if (!fid)
        return fail(fid.error());
    constexpr std::uint32_t flags =
        linux_abi::open_flag::create | linux_abi::open_flag::exclusive | linux_abi::open_flag::read_write;
    auto created = system_.client.create(*fid, spec.name, flags, spec.mode, group_root);
    (void)system_.client.clunk(*fid); // names the open file now; whoever opens it walks to it again
    if (!created)
        return fail(errno_of(created.error()));
    return lookup(spec.name);
}

Done ShareNode::make_directory(const CreateSpec& spec) {
    if (auto writable = check_writable(); !writable)
        return writable;
    return done_of(system_.client.make_directory(fid_, spec.name, spec.mode, group_root));
}

Done ShareNode::make_symlink(std::string_view name, std::string_view target) {
    if (auto writable = check_writable(); !writable)
        return writable;
    return done_of(system_.client.symlink(fid_, name, target, group_root));
}

Done ShareNode::link(std::string_view name, Node& existing) {
    if (existing.volume() != volume())
        return fail(Errno::XDEV);
    if (auto writable = check_writable(); !writable)
        return writable;
    return done_of(system_.client.link(fid_, share_node(existing).fid_, name));
}

Done ShareNode::remove(std::string_view name, RemoveKind kind) {
    if (auto writable = check_writable(); !writable)
        return writable;
    std::uint32_t flags = kind == RemoveKind::Directory ? ninep::unlink_flag::remove_directory : 0;
    return done_of(system_.client.unlink_at(fid_, name, flags));
}

Done ShareNode::rename(std::string_view name, Node& new_directory, std::string_view new_name, std::uint32_t flags) {
    if (new_directory.volume() != volume())
        return fail(Errno::XDEV);
    if (auto writable = check_writable(); !writable)
        return writable;
    // 9P has no flags; looking first is what is left, and not atomic against the host.
    if (flags & ~linux_abi::rename_flag::no_replace)
        return fail(Errno::INVAL);
    if ((flags & linux_abi::rename_flag::no_replace) && new_directory.lookup(new_name))
        return fail(Errno::EXIST);
    return done_of(system_.client.rename_at(fid_, name, share_node(new_directory).fid_, new_name));
}

// On an open directory; positions are the server's.
Done ShareNode::list(std::uint64_t position, DirectorySink& sink) {
    std::byte storage[listing_bytes];
    for (;;) {
        auto block = system_.client.read_directory(fid_, position, storage);
        if (!block)
            return fail(errno_of(block.error()));
        if (block->empty())
            return {};
        ninep::DirectoryEntry entry;
        auto rest = *block;
        while (ninep::next_entry(rest, entry)) {
            position = entry.next;
            if (entry.name == "." || entry.name == "..")
                continue;
            if (!sink.take({entry.name, entry.qid.path, entry.type, entry.next}))
                return {};
        }
    }
}

} // namespace exo::hpc
