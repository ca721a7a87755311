// The host's double of libos/upcall/mask.hpp: there are no upcalls, and one thread. Counts the depth, so that tests can
// see that every lock is left.
#pragma once

#include <cstdint>

namespace exo {

inline void pause() {}

inline std::uint64_t mask_depth_of_host = 0;

class MaskGuard {
public:
    MaskGuard() { ++mask_depth_of_host; }
    ~MaskGuard() { --mask_depth_of_host; }
    MaskGuard(const MaskGuard&) = delete;
    MaskGuard& operator=(const MaskGuard&) = delete;
};

class UnmaskGuard {
public:
    UnmaskGuard() {}
    ~UnmaskGuard() {}
    UnmaskGuard(const UnmaskGuard&) = delete;
    UnmaskGuard& operator=(const UnmaskGuard&) = delete;
};

} // namespace exo
