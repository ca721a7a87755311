// What nodes have in common. Interface: node.hpp.
#include "libos-hpc/vfs/node.hpp"

#include "libos-hpc/file/file.hpp"

namespace exo::hpc {

Ref<Place> Node::leads_to() {
    return Ref<Place>();
}

Outcome<Ref<File>> Node::open_stream(std::uint32_t) {
    return Ref<File>();
}

// Others may write between the two steps: a file system that has a lock of its own does better.
Outcome<Node::Appended> Node::append(std::span<const std::byte> buffer) {
    auto found = attributes();
    if (!found)
        return fail(found.error());
    auto put = write_at(found->bytes, buffer);
    if (!put)
        return fail(put.error());
    return Appended{*put, found->bytes + *put};
}

Outcome<std::uint64_t> Node::seek_end() {
    auto found = attributes();
    if (!found)
        return fail(found.error());
    return found->bytes;
}

// Without knowledge of holes a file is all data, with one hole at its end (lseek(2)).
Outcome<std::uint64_t> Node::seek_data(std::uint64_t offset) {
    auto found = attributes();
    if (!found)
        return fail(found.error());
    if (offset >= found->bytes)
        return fail(Errno::NXIO);
    return offset;
}

Outcome<std::uint64_t> Node::seek_hole(std::uint64_t offset) {
    auto found = attributes();
    if (!found)
        return fail(found.error());
    if (offset >= found->bytes)
        return fail(Errno::NXIO);
    return found->bytes;
}

} // namespace exo::hpc
