// Walks the list the thread left, as far as it can be believed. Interface: robust_list.hpp.
#include "libos-hpc/thread/robust_list.hpp"

#include "libos-hpc/thread/user_word.hpp"
#include "libos/upcall/user_memory.hpp"
#include "libos/wait/waiters.hpp"

namespace exo::hpc {
namespace {

using namespace linux_abi;
constexpr std::uint64_t priority_inheritance_bit = 1;

void abandon(std::uint64_t node, std::int64_t offset, std::int32_t id) {
    std::uint64_t address = (node & ~priority_inheritance_bit) + static_cast<std::uint64_t>(offset);
    auto word = UserWord::at(address);
    if (!word)
        return;
    std::uint32_t value = word->load();
    while ((value & futex_word::tid_mask) == static_cast<std::uint32_t>(id)) {
        std::uint32_t left = (value & futex_word::waiters) | futex_word::owner_died;
        if (word->replace(value, left)) {
            if (value & futex_word::waiters)
                waiters().wake(address, 1);
            return;
        }
    }
}

} // namespace

void abandon_robust_list(Task& task) {
    RobustList list;
    if (!task.robust_list || !read_user(&list, task.robust_list))
        return;
    // Safe: numbers from the program, only used as addresses to copy from.
    auto node = reinterpret_cast<std::uint64_t>(list.first);
    auto pending = reinterpret_cast<std::uint64_t>(list.pending);
    for (unsigned i = 0; i < robust_nodes_max && (node & ~priority_inheritance_bit) != task.robust_list; ++i) {
        std::uint64_t next;
        if (!read_user(&next, node & ~priority_inheritance_bit))
            break;
        if (node != pending)
            abandon(node, list.futex_offset, task.id);
        node = next;
    }
    if (pending)
        abandon(pending, list.futex_offset, task.id);
}

} // namespace exo::hpc
