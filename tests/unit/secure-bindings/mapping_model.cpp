// The naive model; see mapping_model.hpp.
#include "tests/unit/secure-bindings/mapping_model.hpp"

namespace exo::test {

namespace {

Rights joined(FrameType type, Rights rights) {
    if (type == FrameType::DmaTable) {
        return rights & (right::Read | right::Write);
    }
    rights &= right::Read | right::Write | right::Execute;
    return rights == 0 ? 0 : rights | right::Read;
}

} // namespace

std::uint64_t MappingModel::end(const Tree& tree) {
    if (tree.type == FrameType::PageTable) {
        return user_end;
    }
    return tree.levels == 4 ? 1ull << 48 : 1ull << 39;
}

const std::pair<const std::uint64_t, ModelPage>* MappingModel::page_at(std::size_t tree, std::uint64_t address) const {
    for (const auto& page : trees[tree].pages) {
        if (address >= page.first && address - page.first < span(page.second.level)) {
            return &page;
        }
    }
    return nullptr;
}

bool MappingModel::has_table(std::size_t tree, std::uint64_t address, std::uint8_t level) const {
    return trees[tree].tables.contains({level, address / span(level + 1) * span(level + 1)});
}

MappingModel::Verdict MappingModel::place(std::size_t tree, std::uint64_t address, std::uint8_t level) const {
    if (page_at(tree, address) != nullptr) {
        return Error::Occupied;
    }
    for (std::uint8_t above = trees[tree].tree.levels - 1; above >= level; --above) {
        if (!has_table(tree, address, above)) {
            return Error::NoTable;
        }
    }
    if (level > 1 && has_table(tree, address, level - 1)) {
        return Error::Occupied;
    }
    return {};
}

bool MappingModel::data(std::uint64_t frame, std::uint64_t count) const {
    const auto typed = typed_.lower_bound(frame);
    return frame + count <= frames_ && (typed == typed_.end() || *typed >= frame + count);
}

bool MappingModel::mapped(std::uint64_t frame) const {
    for (const ModelTree& tree : trees) {
        for (const auto& [address, page] : tree.pages) {
            if (!page.unowned && frame >= page.frame && frame - page.frame < span(page.level) / page_bytes) {
                return true;
            }
        }
    }
    return false;
}

std::size_t MappingModel::mappings(std::uint64_t frame, std::uint8_t level) const {
    std::size_t count = 0;
    for (const ModelTree& tree : trees) {
        for (const auto& [address, page] : tree.pages) {
            count += !page.unowned && page.frame == frame && page.level == level;
        }
    }
    return count;
}

bool MappingModel::bound(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot) const {
    for (const ModelTree& tree : trees) {
        for (const auto& [address, page] : tree.pages) {
            if (!page.unowned && page.holder == holder && page.slot == slot && frame >= page.frame &&
                frame - page.frame < span(page.level) / page_bytes) {
                return true;
            }
        }
    }
    return false;
}

MappingModel::Verdict MappingModel::map(std::size_t tree, const MapRequest& request) {
    const Tree& where = trees[tree].tree;
    if (request.level < 1 || request.level > 3) {
        return Error::BadArgument;
    }
    const std::uint64_t bytes = span(request.level);
    if (request.address > end(where) || bytes > end(where) - request.address) {
        return Error::BadAddress;
    }
    if (request.address % bytes != 0 || request.frame % (bytes / page_bytes) != 0) {
        return Error::Misaligned;
    }
    const Rights rights = joined(where.type, request.rights);
    if ((rights & ~request.rights_max) != 0) {
        return Error::NoRight;
    }
    if (request.frame >= frames_) {
        return Error::OutOfRange;
    }
    if (const Verdict verdict = place(tree, request.address, request.level)) {
        return verdict;
    }
    if (!data(request.frame, bytes / page_bytes)) {
        return Error::InUse;
    }
    if (mappings(request.frame, request.level) >= mappings_per_frame_max) {
        return Error::TableFull;
    }
    trees[tree].pages[request.address] = {request.frame, request.level,  rights, request.rights_max,
                                          request.slot,  request.holder, false};
    return {};
}

MappingModel::Verdict MappingModel::map_unowned(std::size_t tree, const UnownedRequest& request) {
    const Tree& where = trees[tree].tree;
    if (where.type != FrameType::PageTable || request.address >= end(where)) {
        return Error::BadAddress;
    }
    if (request.address % page_bytes != 0) {
        return Error::Misaligned;
    }
    if (request.frame >= 1ull << 36) {
        return Error::OutOfRange;
    }
    if (data(request.frame, 1)) {
        return Error::InUse;
    }
    if (const Verdict verdict = place(tree, request.address, 1)) {
        return verdict;
    }
    const Rights rights = joined(where.type, request.rights);
    trees[tree].pages[request.address] = {request.frame, 1, rights, rights, request.slot, where.tenant, true};
    return {};
}

MappingModel::Verdict MappingModel::unmap(std::size_t tree, std::uint64_t address, std::uint8_t level) {
    if (address >= end(trees[tree].tree)) {
        return Error::BadAddress;
    }
    const auto* page = page_at(tree, address);
    if (page == nullptr || (level != 0 && level != page->second.level)) {
        return Error::NotBound;
    }
    if (page->first != address) {
        return Error::Misaligned;
    }
    forget_page(tree, address);
    return {};
}

MappingModel::Verdict MappingModel::protect(std::size_t tree, std::uint64_t address, Rights rights, bool* narrowed) {
    const Tree& where = trees[tree].tree;
    if (address >= end(where)) {
        return Error::BadAddress;
    }
    const auto* page = page_at(tree, address);
    if (page == nullptr) {
        return Error::NotBound;
    }
    if (page->first != address) {
        return Error::Misaligned;
    }
    const Rights now = joined(where.type, rights);
    if ((now & ~page->second.most) != 0) {
        return Error::NoRight;
    }
    *narrowed = (page->second.rights & ~now) != 0;
    trees[tree].pages[address].rights = now;
    return {};
}

MappingModel::Verdict MappingModel::pair(std::uint64_t frame) const {
    if (frame % 2 != 0) {
        return Error::Misaligned;
    }
    if (frame >= frames_ || frame + 1 >= frames_) {
        return Error::OutOfRange;
    }
    if (!data(frame, 2) || mapped(frame) || mapped(frame + 1)) {
        return Error::InUse;
    }
    return {};
}

MappingModel::Verdict MappingModel::add_table(std::size_t tree, std::uint64_t address, std::uint8_t level,
                                              std::uint64_t frame) {
    if (level < 1 || level >= trees[tree].tree.levels) {
        return Error::BadArgument;
    }
    if (address >= end(trees[tree].tree)) {
        return Error::BadAddress;
    }
    if (const Verdict verdict = pair(frame)) {
        return verdict;
    }
    if (const Verdict verdict = place(tree, address, level + 1)) {
        return verdict;
    }
    trees[tree].tables[{level, address / span(level + 1) * span(level + 1)}] = frame;
    typed_.insert({frame, frame + 1});
    return {};
}

MappingModel::Verdict MappingModel::remove_table(std::size_t tree, std::uint64_t address, std::uint8_t level,
                                                 std::uint64_t* frame) {
    if (level < 1 || level >= trees[tree].tree.levels) {
        return Error::BadArgument;
    }
    if (address >= end(trees[tree].tree)) {
        return Error::BadAddress;
    }
    const std::uint64_t bytes = span(level + 1);
    const std::uint64_t first = address / bytes * bytes;
    const auto table = trees[tree].tables.find({level, first});
    if (table == trees[tree].tables.end()) {
        return Error::NoTable;
    }
    const auto page = trees[tree].pages.lower_bound(first);
    bool used = page != trees[tree].pages.end() && page->first - first < bytes;
    for (const auto& [key, below] : trees[tree].tables) {
        used = used || (key.first + 1 == level && key.second >= first && key.second - first < bytes);
    }
    if (used) {
        return Error::InUse;
    }
    *frame = table->second;
    typed_.erase(*frame);
    typed_.erase(*frame + 1);
    trees[tree].tables.erase(table);
    return {};
}

MappingModel::Verdict MappingModel::retype(std::uint64_t frame) {
    if (frame >= frames_) {
        return Error::OutOfRange;
    }
    if (!data(frame, 1) || mapped(frame)) {
        return Error::InUse;
    }
    typed_.insert(frame);
    return {};
}

void MappingModel::add_root(const Tree& tree) {
    trees.push_back({tree, {}, {}});
    typed_.insert({tree.root, tree.root + 1});
}

void MappingModel::forget_tree(std::size_t tree) {
    for (const auto& [key, frame] : trees[tree].tables) {
        typed_.erase(frame);
        typed_.erase(frame + 1);
    }
    trees[tree].tables.clear();
    trees[tree].pages.clear();
}

} // namespace exo::test
