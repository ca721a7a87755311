// The operations of a play and their comparison; see mapping_play.hpp.
#include "tests/unit/secure-bindings/mapping_play.hpp"

#include "tests/unit/secure-bindings/books.hpp"

namespace exo::test {

namespace {

using Problem = std::optional<std::string>;

std::uint64_t address_from(ByteSource& source) {
    const std::uint64_t top = source.one_of<std::uint64_t>({0, 0, 0, 0, 1, 1, 255, 256});
    const std::uint64_t middle = source.one_of<std::uint64_t>({0, 0, 0, 511});
    const std::uint64_t low = source.one_of<std::uint64_t>({0, 1, 2, 511});
    const std::uint8_t last = source.byte();
    constexpr std::uint64_t indices[] = {0, 1, 2, 3, 254, 509, 510, 511};
    const std::uint64_t page = last < 128 ? indices[last % 8] : 0;
    const std::uint64_t crooked = last == 255 ? 0x10 : 0;
    return top << 39 | middle << 30 | low << 21 | page << 12 | crooked;
}

std::uint64_t frame_from(ByteSource& source) {
    const std::uint64_t choice = source.byte();
    if (choice < 32) {
        return 128 + choice; // where tables are made
    }
    if (choice < 128) {
        return 512 + choice * 3;
    }
    if (choice < 250) {
        return 512 * (choice % 4);
    }
    return choice == 250 ? ~0ull : 2048 + choice - 252;
}

std::uint8_t level_from(ByteSource& source) {
    return source.one_of<std::uint8_t>({1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 1, 1, 1, 2, 0, 4});
}

Rights rights_from(ByteSource& source) {
    return source.byte() & 7;
}

std::string say(const MappingModel::Verdict& verdict) {
    return verdict ? error_name(*verdict) : "done";
}

Problem differ(const char* what, const MappingModel::Verdict& model, const Status& real) {
    const MappingModel::Verdict got = real ? MappingModel::Verdict() : real.error();
    if (got == model) {
        return {};
    }
    return std::string(what) + ": expected " + say(model) + ", got " + say(got);
}

template <typename T>
Status status_of(const Result<T>& result) {
    return result ? Status() : std::unexpected(result.error());
}

Problem run_differs(const char* what, std::uint64_t expected, const MappingModel::Verdict& verdict, std::uint64_t done,
                    const Status& status) {
    if (expected != done) {
        return std::string(what) + ": expected " + std::to_string(expected) + " done, got " + std::to_string(done);
    }
    return differ(what, verdict, status);
}

} // namespace

MappingPlay::MappingPlay() {
    model_.add_root(machine_->processor_tree(2, 3));
    model_.add_root(machine_->processor_tree(4, 4));
    model_.add_root(machine_->dma_tree(6, 40, 3, 3));
    model_.add_root(machine_->dma_tree(8, 41, 4, 4));
}

MapRequest MappingPlay::request_from(ByteSource& source, std::size_t tree) {
    const Tree& where = model_.trees[tree].tree;
    MapRequest request{};
    request.address = address_from(source);
    request.frame = frame_from(source);
    request.level = level_from(source);
    const std::uint8_t rights = source.byte();
    request.rights = rights & 7;
    request.rights_max = rights < 192 ? 7 : rights >> 3 & 7;
    request.slot = source.byte() % 4;
    request.holder = where.type == FrameType::PageTable ? where.tenant : 3 + source.byte() % 2;
    return request;
}

Problem MappingPlay::play_map(ByteSource& source, std::size_t tree) {
    const MapRequest request = request_from(source, tree);
    return differ("map", model_.map(tree, request), machine_->mapping.map(model_.trees[tree].tree, request));
}

Problem MappingPlay::play_map_run(ByteSource& source, std::size_t tree) {
    const MapRequest request = request_from(source, tree);
    const std::uint64_t count = source.byte() % 80;
    std::uint64_t expected = 0;
    Verdict verdict;
    for (; expected < count; ++expected) {
        MapRequest one = request;
        const std::uint64_t pages = 1ull << (9 * ((one.level - 1) & 3));
        one.address += expected * pages * page_bytes;
        one.frame += expected * pages;
        if ((verdict = model_.map(tree, one))) {
            break;
        }
    }
    // A request that is refused for itself is refused even when nothing is asked.
    const Mapping::MapRun run = machine_->mapping.map_run(model_.trees[tree].tree, request, count);
    return count == 0 ? Problem() : run_differs("map_run", expected, verdict, run.done, run.status);
}

Problem MappingPlay::play_unowned(ByteSource& source, std::size_t tree) {
    const UnownedRequest request{address_from(source),
                                 source.byte() < 240 ? 0xfe000 + source.byte() : frame_from(source),
                                 rights_from(source), static_cast<std::uint16_t>(source.byte() % 4),
                                 source.byte() % 2 == 0 ? CacheMode::Uncached : CacheMode::WriteBack};
    return differ("map_unowned", model_.map_unowned(tree, request),
                  machine_->mapping.map_unowned(model_.trees[tree].tree, request));
}

Problem MappingPlay::play_unmap(ByteSource& source, std::size_t tree) {
    const std::uint64_t address = address_from(source);
    const std::uint8_t level = source.one_of<std::uint8_t>({0, 0, 1, 2});
    return differ("unmap", model_.unmap(tree, address, level),
                  status_of(machine_->mapping.unmap(model_.trees[tree].tree, address, level)));
}

Problem MappingPlay::play_unmap_run(ByteSource& source, std::size_t tree) {
    const std::uint64_t address = address_from(source) & ~(page_bytes - 1);
    const std::uint64_t count = source.one_of<std::uint64_t>({1, 2, 5, 64, 511, 512, 520});
    std::uint64_t expected = 0;
    Verdict verdict;
    while (expected < count && !verdict) {
        const auto* page = model_.page_at(tree, address + expected * page_bytes);
        const std::uint64_t pages = page == nullptr ? 1 : 1ull << (9 * (page->second.level - 1));
        if (page != nullptr && count - expected < pages) {
            verdict = Error::Misaligned;
        } else if (!(verdict = model_.unmap(tree, address + expected * page_bytes, 0))) {
            expected += pages;
        }
    }
    const Mapping::UnmapRun run = machine_->mapping.unmap_run(model_.trees[tree].tree, address, count);
    return run_differs("unmap_run", expected, verdict, run.done, run.status);
}

Problem MappingPlay::play_protect(ByteSource& source, std::size_t tree) {
    const std::uint64_t address = address_from(source);
    const Rights rights = rights_from(source);
    bool narrowed = false;
    const Verdict verdict = model_.protect(tree, address, rights, &narrowed);
    const Result<bool> result = machine_->mapping.protect(model_.trees[tree].tree, address, rights);
    if (result && *result != narrowed) {
        return "protect: narrowed";
    }
    return differ("protect", verdict, status_of(result));
}

Problem MappingPlay::play_protect_run(ByteSource& source, std::size_t tree) {
    const std::uint64_t address = address_from(source) & ~(page_bytes - 1);
    const std::uint64_t count = source.one_of<std::uint64_t>({1, 2, 5, 64, 511, 512, 520});
    const Rights rights = rights_from(source);
    std::uint64_t expected = 0;
    bool narrowed = false;
    Verdict verdict;
    while (expected < count && !verdict) {
        const auto* page = model_.page_at(tree, address + expected * page_bytes);
        const std::uint64_t pages = page == nullptr ? 1 : 1ull << (9 * (page->second.level - 1));
        bool one = false;
        if (page != nullptr && count - expected < pages) {
            verdict = Error::Misaligned;
        } else if (!(verdict = model_.protect(tree, address + expected * page_bytes, rights, &one))) {
            expected += pages;
            narrowed = narrowed || one;
        }
    }
    const Mapping::ProtectRun run = machine_->mapping.protect_run(model_.trees[tree].tree, address, count, rights);
    if (run.narrowed != narrowed) {
        return "protect_run: narrowed";
    }
    return run_differs("protect_run", expected, verdict, run.done, run.status);
}

Problem MappingPlay::play_tables(ByteSource& source, std::size_t tree) {
    const std::uint64_t address = address_from(source);
    const std::uint8_t how = source.byte();
    if (how < 64) {
        const std::uint8_t level = source.one_of<std::uint8_t>({0, 1, 1, 2, 2, 3, 3, 4});
        const std::uint64_t frame = frame_from(source);
        return differ("add_table", model_.add_table(tree, address, level, frame),
                      machine_->mapping.add_table(model_.trees[tree].tree, address, level, frame, 1, 3));
    }
    for (std::uint8_t level = 3; level >= 1 + how % 2; --level) {
        if (Problem problem =
                differ("add_table", model_.add_table(tree, address, level, table_frame_),
                       machine_->mapping.add_table(model_.trees[tree].tree, address, level, table_frame_, 1, 3))) {
            return problem;
        }
        table_frame_ = 128 + (table_frame_ - 128 + 2) % 256;
    }
    return {};
}

Problem MappingPlay::play_remove_table(ByteSource& source, std::size_t tree) {
    const std::uint64_t address = address_from(source);
    const std::uint8_t level = source.one_of<std::uint8_t>({0, 1, 1, 1, 2, 2, 3, 4});
    std::uint64_t frame = 0;
    const Verdict verdict = model_.remove_table(tree, address, level, &frame);
    const Result<std::uint64_t> result = machine_->mapping.remove_table(model_.trees[tree].tree, address, level);
    if (result && *result != frame) {
        return "remove_table: another frame";
    }
    return differ("remove_table", verdict, status_of(result));
}

// Finds a mapping of a frame by (holder, slot), as who destroys a capability does, and breaks it.
Problem MappingPlay::play_break(ByteSource& source) {
    const std::uint64_t frame = frame_from(source);
    const std::uint16_t holder = 3 + source.byte() % 2;
    const std::uint16_t slot = source.byte() % 4;
    if (frame >= frame_count) {
        return {};
    }
    MappingPlace place{};
    const bool found = machine_->mapping.find_of(frame, holder, slot, &place);
    if (found != model_.bound(frame, holder, slot)) {
        return found ? "find_of: found what is not bound" : "find_of: missed what is bound";
    }
    if (!found) {
        return {};
    }
    const std::uint64_t address = machine_->mapping.place_address(place);
    const FrameEntry& table = machine_->frames.at(place.table);
    for (std::size_t tree = 0; tree < model_.trees.size(); ++tree) {
        const Tree& where = model_.trees[tree].tree;
        const auto* page = model_.page_at(tree, address);
        if (where.type == table.type && where.tenant == table.tenant && page != nullptr && page->first == address &&
            page->second.holder == holder && page->second.slot == slot && page->second.level == place.level) {
            model_.forget_page(tree, address);
            machine_->mapping.break_at(place);
            return {};
        }
    }
    return "find_of: the place is not where the page was bound";
}

Problem MappingPlay::play_retype(ByteSource& source) {
    if (retyped_) {
        machine_->frames.restore(*retyped_);
        model_.restore(*retyped_);
        retyped_.reset();
        return {};
    }
    const std::uint64_t frame = frame_from(source);
    const Status status = machine_->frames.retype(frame, FrameType::VcoreState, 3, 0);
    if (status) {
        retyped_ = frame;
    }
    return differ("retype", model_.retype(frame), status);
}

Problem MappingPlay::play_tear_down(ByteSource& source, std::size_t tree) {
    if (source.byte() >= 32) {
        return {};
    }
    const Tree old = model_.trees[tree].tree;
    const std::size_t limit = 1 + source.byte() % 64;
    for (std::size_t calls = 0; !machine_->mapping.tear_down(old, limit); ++calls) {
        if (calls > 4096) {
            return "tear_down: no end";
        }
    }
    model_.forget_tree(tree);
    const Tree fresh = old.type == FrameType::PageTable ? machine_->processor_tree(old.root, old.tenant)
                                                        : machine_->dma_tree(old.root, old.tenant, old.levels, 3);
    return fresh.root == old.root ? Problem() : "tear_down: another root";
}

// Everything that the model has bound is what hardware would find.
Problem MappingPlay::compare_translations() {
    for (const ModelTree& tree : model_.trees) {
        for (const auto& [address, page] : tree.pages) {
            const auto real = machine_->mapping.translate(tree.tree, address);
            if (!real || real->frame != page.frame || real->level != page.level || real->rights != page.rights ||
                real->unowned != page.unowned) {
                return "translate: not what was bound at " + std::to_string(address);
            }
        }
    }
    return {};
}

Problem MappingPlay::play(ByteSource& source) {
    const std::uint8_t operation = source.byte();
    const std::size_t tree = source.byte() % model_.trees.size();
    switch (operation % 16) {
    case 0:
    case 1:
    case 2:
        return play_map(source, tree);
    case 3:
        return play_map_run(source, tree);
    case 4:
        return play_unowned(source, tree);
    case 5:
        return play_unmap(source, tree);
    case 6:
        return play_unmap_run(source, tree);
    case 7:
        return play_protect(source, tree);
    case 8:
        return play_protect_run(source, tree);
    case 9:
    case 10:
        return play_tables(source, tree);
    case 11:
        return play_remove_table(source, tree);
    case 12:
    case 13:
        return play_break(source);
    case 14:
        return play_retype(source);
    case 15:
        return play_tear_down(source, tree);
    }
    return {};
}

Problem MappingPlay::step(ByteSource& source, std::size_t every) {
    if (Problem problem = play(source)) {
        return problem;
    }
    if (++steps_ % every != 0 && !source.empty()) {
        return {};
    }
    if (Problem problem = books_problem(machine_->frames, Machine::kernel_word)) {
        return problem;
    }
    return compare_translations();
}

} // namespace exo::test
