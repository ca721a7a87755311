// Copies between the kernel and memory of the environment that runs. An address is checked to be
// in the lower half; whether it is mapped shows when it is touched, and a fault ends the copy.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// A claim by user code that a T lies at this address; holding one proves nothing.
template <typename T>
struct UserPointer {
    std::uint64_t address;
};

Status copy_from_user(void* to, std::uint64_t from, std::size_t bytes);
Status copy_to_user(std::uint64_t to, const void* from, std::size_t bytes);

template <typename T>
Status copy_in(T* to, UserPointer<const T> from) {
    return copy_from_user(to, from.address, sizeof(T));
}
template <typename T>
Status copy_out(UserPointer<T> to, const T& from) {
    return copy_to_user(to.address, &from, sizeof(T));
}

// For the fault handler: where execution continues after a fault at `rip`, or 0.
std::uint64_t user_access_fixup(std::uint64_t rip);

} // namespace exo
