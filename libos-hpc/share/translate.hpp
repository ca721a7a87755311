// Between what the 9P client says and what nodes say.
#pragma once

#include "libos-hpc/vfs/node.hpp"
#include "libos/ninep/client.hpp"

namespace exo::hpc {

inline Errno errno_of(ninep::Errno error) {
    return static_cast<Errno>(error.number);
}

template <typename T>
Done done_of(const ninep::Result<T>& result) {
    if (!result)
        return fail(errno_of(result.error()));
    return {};
}

inline std::uint32_t type_of(const ninep::Qid& qid) {
    if (qid.is_directory())
        return linux_abi::mode::directory;
    return qid.is_symlink() ? linux_abi::mode::symlink : linux_abi::mode::regular;
}

Attributes attributes_of(const ninep::Attributes& from, std::uint64_t device);
ninep::AttributeChange change_of(const AttributeChange& from);

} // namespace exo::hpc
