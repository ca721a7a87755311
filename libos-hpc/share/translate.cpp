// Attributes both ways (9P2000.L getattr and setattr). Interface: translate.hpp.
#include "libos-hpc/share/translate.hpp"

namespace exo::hpc {
namespace {

Timespec time_of(std::uint64_t seconds, std::uint64_t nanoseconds) {
    return {static_cast<std::int64_t>(seconds), static_cast<std::int64_t>(nanoseconds)};
}

} // namespace

Attributes attributes_of(const ninep::Attributes& from, std::uint64_t device) {
    Attributes to;
    to.device = device;
    to.inode = from.qid.path;
    to.links = from.links;
    to.mode = from.mode;
    to.user = from.user;
    to.group = from.group;
    to.special_device = from.device;
    to.bytes = from.size;
    to.block_bytes = from.block_bytes ? from.block_bytes : to.block_bytes;
    to.blocks = from.blocks;
    to.accessed = time_of(from.accessed_seconds, from.accessed_nanoseconds);
    to.modified = time_of(from.modified_seconds, from.modified_nanoseconds);
    to.changed = time_of(from.changed_seconds, from.changed_nanoseconds);
    return to;
}

ninep::AttributeChange change_of(const AttributeChange& from) {
    namespace bit = ninep::set_attribute;
    ninep::AttributeChange to;
    auto want = [&](bool wanted, std::uint32_t bits) {
        if (wanted)
            to.valid |= bits;
    };
    want(from.set_mode, bit::mode);
    want(from.set_user, bit::user);
    want(from.set_group, bit::group);
    want(from.set_bytes, bit::size);
    want(from.set_accessed, bit::accessed);
    want(from.set_modified, bit::modified);
    want(from.set_accessed && from.accessed.nanoseconds != linux_abi::utime::now, bit::accessed_given);
    want(from.set_modified && from.modified.nanoseconds != linux_abi::utime::now, bit::modified_given);
    to.mode = from.mode;
    to.user = from.user;
    to.group = from.group;
    to.size = from.bytes;
    if (to.valid & bit::accessed_given) {
        to.accessed_seconds = static_cast<std::uint64_t>(from.accessed.seconds);
        to.accessed_nanoseconds = static_cast<std::uint64_t>(from.accessed.nanoseconds);
    }
    if (to.valid & bit::modified_given) {
        to.modified_seconds = static_cast<std::uint64_t>(from.modified.seconds);
        to.modified_nanoseconds = static_cast<std::uint64_t>(from.modified.nanoseconds);
    }
    return to;
}

} // namespace exo::hpc
