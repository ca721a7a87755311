// Linux threads: clone(2), clone3, futex(2), robust lists, arch_prctl(2), scheduling policies. Facts only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::linux_abi {

namespace clone_flag {
inline constexpr std::uint64_t vm = 0x100, fs = 0x200, files = 0x400, sighand = 0x800, pidfd = 0x1000, vfork = 0x4000,
                               thread = 0x10000, sysvsem = 0x40000, settls = 0x80000, parent_settid = 0x100000,
                               child_cleartid = 0x200000, detached = 0x400000, child_settid = 0x1000000;
inline constexpr std::uint64_t exit_signal_mask = 0xff;
} // namespace clone_flag

struct CloneArguments {
    std::uint64_t flags;
    std::uint64_t pidfd;
    std::uint64_t child_tid;
    std::uint64_t parent_tid;
    std::uint64_t exit_signal;
    std::uint64_t stack; // lowest byte
    std::uint64_t stack_bytes;
    std::uint64_t tls;
    std::uint64_t set_tid;
    std::uint64_t set_tid_count;
    std::uint64_t cgroup;
};
static_assert(sizeof(CloneArguments) == 88);
inline constexpr std::size_t clone_arguments_min = 64;

namespace futex_operation {
inline constexpr std::uint32_t wait = 0, wake = 1, requeue = 3, cmp_requeue = 4, wake_op = 5, lock_pi = 6,
                               unlock_pi = 7, trylock_pi = 8, wait_bitset = 9, wake_bitset = 10;
inline constexpr std::uint32_t private_flag = 128, clock_realtime = 256, command_mask = 127;
inline constexpr std::uint32_t match_any = 0xffffffff;
} // namespace futex_operation

namespace futex_word {
inline constexpr std::uint32_t waiters = 0x80000000, owner_died = 0x40000000, tid_mask = 0x3fffffff;
} // namespace futex_word

// Encoding of FUTEX_WAKE_OP's val3.
namespace wake_op {
inline constexpr std::uint32_t set = 0, add = 1, bit_or = 2, bit_and_not = 3, bit_xor = 4, argument_shift = 8;
inline constexpr std::uint32_t equal = 0, not_equal = 1, less = 2, less_equal = 3, greater = 4, greater_equal = 5;
} // namespace wake_op

struct RobustNode {
    RobustNode* next; // bit 0: a priority-inheritance futex
};
struct RobustList {
    RobustNode* first;
    std::int64_t futex_offset;
    RobustNode* pending;
};
static_assert(sizeof(RobustList) == 24);
inline constexpr unsigned robust_nodes_max = 2048;

namespace arch_command {
inline constexpr unsigned set_gs = 0x1001, set_fs = 0x1002, get_fs = 0x1003, get_gs = 0x1004;
} // namespace arch_command

namespace scheduling {
inline constexpr int other = 0, fifo = 1, round_robin = 2, batch = 3, idle = 5, deadline = 6;
inline constexpr int reset_on_fork = 0x40000000;
} // namespace scheduling

namespace membarrier_command {
inline constexpr unsigned query = 0, global = 1, global_expedited = 2, register_global_expedited = 4,
                          private_expedited = 8, register_private_expedited = 16;
} // namespace membarrier_command

} // namespace exo::linux_abi
