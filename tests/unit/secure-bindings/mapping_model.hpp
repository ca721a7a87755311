// What mapping/ should do, said the slow way: maps and sets, no tables of bits, no chains. Every answer,
// the choice of error included, follows from the comments of mapping.hpp alone.
// mapping_play.hpp plays it against the real thing.
#pragma once

#include "secure-bindings/mapping/mapping.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace exo::test {

struct ModelPage {
    std::uint64_t frame;
    std::uint8_t level;
    Rights rights; // as hardware gives them
    Rights most;
    std::uint16_t slot;
    std::uint16_t holder;
    bool unowned;
};

struct ModelTree {
    Tree tree;
    std::map<std::uint64_t, ModelPage> pages;                               // by first address
    std::map<std::pair<std::uint8_t, std::uint64_t>, std::uint64_t> tables; // (level, first address) to frame
};

class MappingModel {
public:
    explicit MappingModel(std::uint64_t frames) : frames_(frames) {}

    using Verdict = std::optional<Error>; // nothing: it is done

    Verdict map(std::size_t tree, const MapRequest& request);
    Verdict map_unowned(std::size_t tree, const UnownedRequest& request);
    Verdict unmap(std::size_t tree, std::uint64_t address, std::uint8_t level);
    // *narrowed is set when it is done.
    Verdict protect(std::size_t tree, std::uint64_t address, Rights rights, bool* narrowed);
    Verdict add_table(std::size_t tree, std::uint64_t address, std::uint8_t level, std::uint64_t frame);
    Verdict remove_table(std::size_t tree, std::uint64_t address, std::uint8_t level, std::uint64_t* frame);
    Verdict retype(std::uint64_t frame);
    void restore(std::uint64_t frame) { typed_.erase(frame); }

    // Page covering an address, with its first address; none.
    const std::pair<const std::uint64_t, ModelPage>* page_at(std::size_t tree, std::uint64_t address) const;
    bool bound(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot) const;
    void forget_page(std::size_t tree, std::uint64_t address) { trees[tree].pages.erase(address); }
    void add_root(const Tree& tree);
    void forget_tree(std::size_t tree);

    std::vector<ModelTree> trees;

private:
    static std::uint64_t span(std::uint8_t level) { return page_bytes << (9 * (level - 1)); }
    static std::uint64_t end(const Tree& tree);
    bool has_table(std::size_t tree, std::uint64_t address, std::uint8_t level) const;
    // Why an entry of `level` at an address cannot be had: a level above missing, or anything there.
    Verdict place(std::size_t tree, std::uint64_t address, std::uint8_t level) const;
    bool data(std::uint64_t frame, std::uint64_t count) const;
    bool mapped(std::uint64_t frame) const;
    std::size_t mappings(std::uint64_t frame, std::uint8_t level) const;
    Verdict pair(std::uint64_t frame) const;

    std::uint64_t frames_;
    std::set<std::uint64_t> typed_;
};

} // namespace exo::test
