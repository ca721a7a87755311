// Linux's structures and numbers of epoll(7) and timerfd_create(2). Facts only.
#pragma once

#include "libos-hpc/linux/files.hpp"

namespace exo::linux_abi {

struct EpollEvent {
    std::uint32_t events;
    std::uint64_t data;
} __attribute__((packed));
static_assert(sizeof(EpollEvent) == 12);

namespace epoll_flag {
inline constexpr std::uint32_t edge = 1u << 31, one_shot = 1u << 30, wake_up = 1u << 29, exclusive = 1u << 28;
inline constexpr std::uint32_t mask = edge | one_shot | wake_up | exclusive;
} // namespace epoll_flag
namespace epoll_operation {
inline constexpr std::int32_t add = 1, remove = 2, change = 3;
} // namespace epoll_operation
inline constexpr std::int32_t epoll_events_max = 0x7fff'ffff / static_cast<std::int32_t>(sizeof(EpollEvent));

namespace timerfd_flag {
inline constexpr std::uint32_t absolute = 1, cancel_on_set = 2;
} // namespace timerfd_flag

} // namespace exo::linux_abi
