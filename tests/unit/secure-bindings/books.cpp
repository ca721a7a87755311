// Looks at every frame and every entry; see books.hpp.
#include "tests/unit/secure-bindings/books.hpp"

#include "secure-bindings/mapping/table_book.hpp"

#include <algorithm>
#include <map>

namespace exo::test {

namespace {

using Problem = std::optional<std::string>;

// Leaves met in tables: link to (first frame, level). Every one must be met again in a chain.
using Leaves = std::map<std::uint64_t, std::pair<std::uint64_t, std::uint8_t>>;

std::string at(const char* what, std::uint64_t frame, std::uint64_t index) {
    return std::string(what) + ": frame " + std::to_string(frame) + " entry " + std::to_string(index);
}

bool is_table_frame(const FrameEntry& entry) {
    return entry.type == FrameType::PageTable || entry.type == FrameType::DmaTable;
}

Problem check_child(const FrameMap& frames, std::uint64_t table, std::uint32_t index, std::uint64_t entry) {
    const std::uint64_t child = (entry >> 12) & 0xff'ffff'ffff;
    if (child >= frames.size()) {
        return at("table outside memory", table, index);
    }
    const FrameEntry& above = frames.at(table);
    const FrameEntry& below = frames.at(child);
    if (below.type != above.type || below.tenant != above.tenant || below.level + 1 != above.level ||
        below.first != table * 512 + index) {
        return at("child table does not fit its parent", table, index);
    }
    return {};
}

Problem check_leaf(const FrameMap& frames, std::uint64_t table, std::uint32_t index, std::uint64_t entry,
                   Leaves& leaves) {
    const std::uint8_t level = frames.at(table).level;
    const std::uint64_t pages = level == 1 ? 1 : level == 2 ? 512 : 512 * 512;
    const std::uint64_t frame = (entry >> 12) & 0xff'ffff'ffff;
    if (level > 3 || frame % pages != 0 || frame + pages > frames.size()) {
        return at("leaf misaligned or outside memory", table, index);
    }
    for (std::uint64_t i = 0; i < pages; ++i) {
        if (frames.at(frame + i).type != FrameType::Data) {
            return at("leaf maps a frame that is not Data", table, index);
        }
    }
    leaves[table * 512 + index] = {frame, level};
    return {};
}

Problem check_table(const FrameMap& frames, std::uint64_t table, std::uint64_t kernel_word, Leaves& leaves) {
    const FrameEntry& entry = frames.at(table);
    const FrameEntry& book = frames.at(table + 1);
    if (table % 2 != 0 || book.type != FrameType::Ledger || book.tenant != entry.tenant || book.level != entry.level) {
        return at("table without its ledger", table, 0);
    }
    const bool processor_root = entry.type == FrameType::PageTable && entry.level == 4;
    std::uint32_t used = 0;
    std::uint32_t unowned = 0;
    for (std::uint32_t i = 0; i < 512; ++i) {
        const std::uint64_t word = frames.words(table)[i];
        const std::uint64_t note = frames.words(table + 1)[i];
        if (processor_root && i >= 256) {
            if (word != kernel_word || note != 0) {
                return at("the kernel's half was touched", table, i);
            }
            continue;
        }
        used += word != 0;
        if (word == 0 || (entry.level > 1 && (word & 0x80) == 0)) {
            if (note != 0) {
                return at("ledger word beside nothing", table, i);
            }
            if (Problem problem = word == 0 ? Problem() : check_child(frames, table, i, word)) {
                return problem;
            }
        } else if (entry.type == FrameType::PageTable && (word & page_entry::software_unowned) != 0) {
            ++unowned;
            if ((note & ledger::link_mask) != 0) {
                return at("unowned page in a chain", table, i);
            }
        } else if (Problem problem = check_leaf(frames, table, i, word, leaves)) {
            return problem;
        }
    }
    if (used != entry.pins || unowned != book.pins) {
        return at("miscounted entries", table, used);
    }
    if (entry.first != no_mapping) {
        const std::uint64_t parent = (frames.words(entry.first / 512)[entry.first % 512] >> 12) & 0xff'ffff'ffff;
        if (parent != table) {
            return at("parent does not lead to the table", table, 0);
        }
    }
    return {};
}

// Takes every leaf of one chain out of `leaves`.
Problem check_chain(const FrameMap& frames, std::uint64_t head, std::uint64_t frame, std::uint8_t level,
                    Leaves& leaves) {
    std::size_t length = 0;
    for (std::uint64_t link = head; link != no_mapping;) {
        const auto leaf = leaves.find(link);
        if (leaf == leaves.end() || leaf->second != std::pair(frame, level) || ++length > mappings_per_frame_max) {
            return at("chain leads astray", frame, level);
        }
        leaves.erase(leaf);
        const std::uint64_t next = frames.words(link / 512 + 1)[link % 512] & ledger::link_mask;
        link = next == ledger::none ? no_mapping : next;
    }
    return {};
}

Problem check_chains(const FrameMap& frames, Leaves& leaves) {
    for (std::uint64_t frame = 0; frame < frames.size(); ++frame) {
        const FrameEntry& entry = frames.at(frame);
        if (!is_table_frame(entry) && entry.type != FrameType::Ledger) {
            if (Problem problem = check_chain(frames, entry.first, frame, 1, leaves)) {
                return problem;
            }
        }
        if (frame % 512 == 0) {
            if (Problem problem = check_chain(frames, frames.large(frame).first, frame, 2, leaves)) {
                return problem;
            }
        }
        if (frame % (512 * 512) == 0) {
            if (Problem problem = check_chain(frames, frames.huge(frame).first, frame, 3, leaves)) {
                return problem;
            }
        }
    }
    return leaves.empty() ? Problem()
                          : Problem(at("leaf in no chain", leaves.begin()->first / 512, leaves.begin()->first % 512));
}

// Frames of [first, first + count) that are not Data, those beyond the map included.
std::uint64_t typed_in(const FrameMap& frames, std::uint64_t first, std::uint64_t count) {
    const std::uint64_t end = std::min<std::uint64_t>(frames.size(), first + count);
    std::uint64_t typed = count - (end - first);
    for (std::uint64_t frame = first; frame < end; ++frame) {
        typed += frames.at(frame).type != FrameType::Data;
    }
    return typed;
}

Problem check_counts(const FrameMap& frames) {
    for (std::uint64_t frame = 0; frame < frames.size(); frame += 512) {
        if (frames.large(frame).typed != typed_in(frames, frame, 512)) {
            return at("region miscounted", frame, frames.large(frame).typed);
        }
        if (frame % (512 * 512) == 0 && frames.huge(frame).typed != typed_in(frames, frame, 512 * 512)) {
            return at("huge region miscounted", frame, frames.huge(frame).typed);
        }
    }
    return {};
}

} // namespace

std::optional<std::string> books_problem(const FrameMap& frames, std::uint64_t kernel_word) {
    Leaves leaves;
    for (std::uint64_t frame = 0; frame < frames.size(); ++frame) {
        const FrameEntry& entry = frames.at(frame);
        if (is_table_frame(entry)) {
            if (Problem problem = check_table(frames, frame, kernel_word, leaves)) {
                return problem;
            }
        } else if (entry.type == FrameType::Ledger && (frame % 2 == 0 || !is_table_frame(frames.at(frame - 1)))) {
            return at("ledger without its table", frame, 0);
        }
    }
    if (Problem problem = check_chains(frames, leaves)) {
        return problem;
    }
    return check_counts(frames);
}

} // namespace exo::test
