// From paths of AF_UNIX sockets to files. The file systems here have no sockets of their own: the name is an ordinary
// empty file. Interface: local_names.hpp.
#include "libos-hpc/name/names.hpp"
#include "libos-hpc/socket/local_names.hpp"

namespace exo::hpc {
namespace {

Outcome<LocalName> name_of(Node& node, std::string_view path) {
    auto found = node.attributes();
    if (!found)
        return fail(found.error());
    LocalName name;
    name.device = found->device;
    name.inode = found->inode;
    name.address = local_address(path);
    return name;
}

LocalName abstract_name(const SocketAddress& address, std::uint32_t type) {
    LocalName name;
    name.type = type;
    name.address = address;
    return name;
}

Outcome<Resolved> resolve_path(std::string_view path, LastLink last) {
    Ref<Place> root = names().root();
    Ref<Place> start = path.starts_with('/') ? root : names().working_directory();
    if (!root || !start)
        return fail(Errno::NOMEM);
    return resolve(root, start, path, last);
}

} // namespace

Outcome<LocalName> create_local_name(const SocketAddress& address, std::uint32_t type) {
    auto path = local_name_of(address);
    if (!path)
        return fail(path.error());
    if (path->empty() || (*path)[0] == '\0')
        return abstract_name(address, type);
    auto resolved = resolve_path(*path, LastLink::Keep);
    if (!resolved)
        return fail(resolved.error());
    if (resolved->place)
        return fail(Errno::ADDRINUSE);
    auto node = resolved->directory->node().create({resolved->name.view(), 0777 & ~names().umask()});
    if (!node)
        return fail(node.error() == Errno::EXIST ? Errno::ADDRINUSE : node.error());
    return name_of(**node, *path);
}

Outcome<LocalName> resolve_local_name(const SocketAddress& address, std::uint32_t type) {
    auto path = local_name_of(address);
    if (!path)
        return fail(path.error());
    if (path->empty())
        return fail(Errno::INVAL);
    if ((*path)[0] == '\0')
        return abstract_name(address, type);
    auto resolved = resolve_path(*path, LastLink::Follow);
    if (!resolved)
        return fail(resolved.error());
    if (!resolved->place)
        return fail(Errno::NOENT);
    return name_of(resolved->place->node(), *path);
}

} // namespace exo::hpc
