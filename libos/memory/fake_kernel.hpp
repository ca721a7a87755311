// A model of the kernel's page tables for host tests: applies rows as the kernel does, refuses what it refuses, and can
// run out of frames on purpose. Not part of the kit.
#pragma once

#include "libos/memory/kernel_tables.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace exo {

class FakeKernel final : public KernelTables {
public:
    struct Page {
        std::uint64_t frame;
        std::uint32_t order;
        Rights rights;
    };
    static constexpr Handle frames_handle = 77;

    Status bind(std::span<const BindOp> rows) override;
    Status unbind(std::span<const BindOp> rows) override;
    Handle handle_of(std::uint64_t) const override { return frames_handle; }
    void drop(Handle capability) override { dropped.insert(capability); }
    Result<std::uint64_t> allocate_pair() override;
    void free_pair(std::uint64_t even) override;
    Result<std::uint64_t> allocate_node() override;
    void free_node(std::uint64_t frame) override;
    std::uint64_t* node_words(std::uint64_t frame) const override;
    std::uint32_t node_note(std::uint64_t frame) const override { return notes.at(frame); }
    void set_node_note(std::uint64_t frame, std::uint32_t note) override { notes[frame] = note; }

    // What the processor would find, or null.
    const Page* page_at(std::uint64_t address) const;
    std::uint64_t base_of(std::uint64_t address) const;

    std::map<std::uint64_t, Page> pages;                  // by first address
    std::set<std::pair<unsigned, std::uint64_t>> tables;  // level and first address covered
    std::size_t pairs_left = 100000, nodes_left = 100000; // until TableFull
    std::set<Handle> dropped;
    std::size_t pairs_out = 0, rows_done = 0, calls = 0;

private:
    Status one(const BindOp& row, bool unbinding);
    Status map_one(std::uint64_t address, const Page& page);

    std::uint64_t next_pair_ = 1'000'000, next_node_ = 2'000'000;
    std::map<std::uint64_t, std::vector<std::uint64_t>> nodes_;
    std::map<std::uint64_t, std::uint32_t> notes;
};

} // namespace exo
