// Facts of the virtio 9P transport device (virtio 1.2, 5.14). Behaviour: request_queue.hpp.
#pragma once

#include <cstdint>

namespace exo::virtio_9p {

namespace feature {
inline constexpr std::uint64_t mount_tag = 1ull << 0;
}

inline constexpr std::uint16_t request_queue_number = 0;

// Device configuration: the length of the tag, then the tag without a NUL.
namespace config {
inline constexpr std::uint64_t tag_length = 0;
inline constexpr std::uint64_t tag = 2;
} // namespace config

} // namespace exo::virtio_9p
