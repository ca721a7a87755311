// Emptying a tree, or a branch of one, a bounded piece at a time. There is no state between the pieces: what is
// left in the tables says what is left to do.
#include "secure-bindings/mapping/table_book.hpp"

#include <array>

namespace exo {

namespace {

constexpr std::uint8_t levels_max = 4;

// How far one call has come in one table on the way down.
struct Step {
    std::uint64_t table;
    std::uint32_t index;
};

// Moves to the next used entry; false when there is none that is a user's.
bool advance(const FrameMap& frames, Step& step, std::uint32_t end) {
    if (frames.at(step.table).pins == 0) {
        return false;
    }
    const std::uint64_t* words = frames.words(step.table);
    while (step.index < end && words[step.index] == 0) {
        ++step.index;
    }
    return step.index < end;
}

} // namespace

bool Mapping::tear_down(const Tree& tree, std::size_t limit) {
    cut(tree.root);
    const bool shared_root = tree.type == FrameType::PageTable && tree.levels == levels_max;
    std::array<Step, levels_max + 1> way{};
    std::uint8_t level = tree.levels;
    way[level] = {tree.root, 0};
    for (std::size_t removed = 0;;) {
        Step& step = way[level];
        const bool at_root = level == tree.levels;
        if (advance(frames_, step, at_root && shared_root ? user_entries_of_root : entries_per_table)) {
            const std::uint64_t entry = frames_.words(step.table)[step.index];
            if (is_table(entry, level)) {
                way[--level] = {frame_of(entry), 0};
                continue;
            }
            if (removed++ == limit) {
                return false;
            }
            break_at({step.table, step.index, level});
            continue;
        }
        if (removed++ == limit) {
            return false;
        }
        cut(step.table);
        if (at_root) {
            __builtin_memset(frames_.words(step.table), 0, page_bytes);
        }
        frames_.restore(step.table);
        frames_.restore(step.table + 1);
        if (at_root) {
            return true;
        }
        ++level;
    }
}

} // namespace exo
