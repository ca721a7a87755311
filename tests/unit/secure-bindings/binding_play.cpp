// The operations of the play and the check of authority; see binding_play.hpp.
#include "tests/unit/secure-bindings/binding_play.hpp"

#include "secure-bindings/dma/dma_window.hpp"
#include "tests/unit/secure-bindings/books.hpp"

namespace exo::test {

namespace {

using Problem = std::optional<std::string>;

constexpr std::size_t device_tree = 2;
constexpr std::uint64_t first_table = 64; // below lie the roots, which stay

std::uint64_t address_from(ByteSource& source) {
    const std::uint8_t bits = source.byte();
    return std::uint64_t{bits / 128u} << 30 | std::uint64_t{bits / 32u % 4} << 21 | std::uint64_t{bits % 32u} << 12;
}

std::uint64_t frame_from(ByteSource& source) {
    const std::uint64_t bits = source.byte();
    return bits < 64 ? 64 + bits : bits < 128 ? 512 * (bits % 2) : 256 + bits * 3;
}

} // namespace

BindingPlay::BindingPlay() {
    for (std::uint32_t i = 0; i < environments; ++i) {
        slots_[i].resize(20);
        space_->attach(first_environment + i, slots_[i]);
        attached_.push_back({first_environment + i, slots_[i]});
    }
    // The first environment holds all memory, in slot 1; the roots are made from it.
    static_cast<void>(space_->root(first_environment, Kind::Frames, right::all, 0, frame_count));
    trees_ = {machine_->processor_tree(2, first_environment), machine_->processor_tree(4, first_environment + 1),
              machine_->dma_tree(6, 40, 3, first_environment)};
}

// Some slot of an environment's table; used, or no_slot.
SlotRef BindingPlay::pick(ByteSource& source, std::uint32_t environment) const {
    std::uint32_t cursor = source.byte() % 20;
    const SlotRef ref = space_->first_used(environment, &cursor, 20);
    cursor = 0;
    return ref != no_slot ? ref : space_->first_used(environment, &cursor, 20);
}

void BindingPlay::derive(ByteSource& source) {
    const SlotRef from = pick(source, first_environment + source.byte() % environments);
    if (from == no_slot) {
        return;
    }
    const std::uint32_t to = first_environment + source.byte() % environments;
    const std::uint8_t how = source.byte();
    const Slot& slot = space_->at(from);
    const Rights rights = how % 4 != 0 ? slot.rights : slot.rights & (right::Grant | right::Dma | how);
    const std::uint64_t half = (slot.count + 1) / 2;
    const std::uint64_t first = how < 64 ? slot.first + half : slot.first;
    static_cast<void>(space_->derive(from, to, Kind::Frames, rights, first, how < 128 ? half : slot.count));
}

void BindingPlay::bind(ByteSource& source) {
    const std::uint32_t who = source.byte() % environments;
    const std::uint16_t environment = static_cast<std::uint16_t>(first_environment + who);
    const SlotRef ref = pick(source, environment);
    if (ref == no_slot) {
        return;
    }
    const Slot& slot = space_->at(ref);
    const std::uint8_t level = source.one_of<std::uint8_t>({1, 1, 1, 2});
    const std::uint64_t frame = frame_from(source);
    const std::uint64_t count = 1 + source.byte() % 8u;
    if (!covers(slot, frame, count * pages_of(level))) {
        return;
    }
    const MapRequest request{address_from(source),
                             frame,
                             level,
                             source.byte() & 7u & slot.rights,
                             slot.rights,
                             static_cast<std::uint16_t>(slot_index(ref)),
                             environment};
    static_cast<void>(machine_->mapping.map_run(trees_[who], request, count));
}

void BindingPlay::bind_dma(ByteSource& source) {
    const SlotRef ref = pick(source, function_owner_);
    if (ref == no_slot) {
        return;
    }
    const Slot& slot = space_->at(ref);
    const DmaWindow window{address_from(source), frame_from(source), 1 + source.byte() % 8u,
                           source.one_of<std::uint8_t>({1, 1, 2}), source.byte() & 3u};
    if (!check_dma_window(window, slot, machine_->frames, {39, 2})) {
        return;
    }
    const MapRequest request{window.address, window.frame, window.level,
                             window.rights,  slot.rights,  static_cast<std::uint16_t>(slot_index(ref)),
                             function_owner_};
    static_cast<void>(machine_->mapping.map_run(trees_[device_tree], request, window.count));
}

void BindingPlay::add_table(ByteSource& source) {
    const std::size_t tree = source.byte() % trees_.size();
    const std::uint16_t holder =
        tree == device_tree ? function_owner_ : static_cast<std::uint16_t>(first_environment + tree);
    const SlotRef ref = pick(source, holder);
    const std::uint64_t address = address_from(source);
    for (std::uint8_t level = 3; ref != no_slot && level >= 1; --level) {
        const Slot& slot = space_->at(ref);
        if ((slot.rights & right::Retype) != 0 && covers(slot, table_frame_, 2)) {
            static_cast<void>(machine_->mapping.add_table(trees_[tree], address, level, table_frame_,
                                                          static_cast<std::uint16_t>(slot_index(ref)), holder));
        }
        table_frame_ = 64 + (table_frame_ - 64 + 2) % 128;
    }
}

void BindingPlay::unbind(ByteSource& source) {
    const Tree& tree = trees_[source.byte() % trees_.size()];
    const std::uint64_t address = address_from(source);
    if (source.byte() < 160) {
        static_cast<void>(machine_->mapping.unmap_run(tree, address, source.byte()));
    } else {
        static_cast<void>(machine_->mapping.remove_table(tree, address, source.one_of<std::uint8_t>({1, 2, 3})));
    }
}

void BindingPlay::protect(ByteSource& source) {
    const Tree& tree = trees_[source.byte() % trees_.size()];
    const std::uint64_t address = address_from(source);
    const std::uint64_t count = source.byte();
    static_cast<void>(machine_->mapping.protect_run(tree, address, count, source.byte() & 7u));
}

// As the kernel does it: break what hangs on the capability, wherever it is, then forget it.
void BindingPlay::break_bindings(SlotRef ref) {
    const std::uint16_t holder = static_cast<std::uint16_t>(slot_environment(ref));
    const std::uint16_t index = static_cast<std::uint16_t>(slot_index(ref));
    const Slot& slot = space_->at(ref);
    const std::uint64_t end = slot.first + slot.count;
    for (std::uint64_t frame = slot.first; frame < end;) {
        MappingPlace place{};
        if (machine_->mapping.find_next_of(&frame, end, holder, index, 64, &place)) {
            machine_->mapping.break_at(place);
        }
    }
    for (std::uint64_t frame = slot.first; frame < end; ++frame) {
        std::uint64_t table = 0;
        if (machine_->mapping.table_of(frame, holder, index, &table) && table >= first_table) {
            const FrameEntry& entry = machine_->frames.at(table);
            const Tree branch{table, entry.level, entry.type, entry.tenant};
            machine_->mapping.cut(table);
            while (!machine_->mapping.tear_down(branch, 16)) {
            }
        }
    }
}

void BindingPlay::destroy(SlotRef ref) {
    while (true) {
        const SlotRef leaf = space_->next_leaf(ref);
        break_bindings(leaf);
        space_->remove(leaf);
        if (leaf == ref) {
            return;
        }
    }
}

void BindingPlay::revoke(ByteSource& source) {
    const SlotRef ref = pick(source, first_environment + source.byte() % environments);
    if (ref != no_slot && ref != slot_ref(first_environment, 1)) {
        destroy(ref);
    }
}

void BindingPlay::play(ByteSource& source) {
    switch (source.byte() % 12) {
    case 0:
    case 1:
        return derive(source);
    case 2:
    case 3:
    case 4:
        return bind(source);
    case 5:
    case 6:
        return bind_dma(source);
    case 7:
        return add_table(source);
    case 8:
        return unbind(source);
    case 9:
        return protect(source);
    case 10:
        return revoke(source);
    default:
        function_owner_ = static_cast<std::uint16_t>(first_environment + source.byte() % environments);
    }
}

// What one table says it has from whom, against what they hold.
Problem BindingPlay::authorised_table(std::uint64_t table) const {
    const FrameMap& frames = machine_->frames;
    const FrameEntry& entry = frames.at(table);
    const auto lives = [&](std::uint64_t holder, std::uint64_t slot, std::uint64_t frame, std::uint64_t count,
                           Rights rights) {
        if (holder < first_environment || holder >= first_environment + environments || slot >= 20) {
            return false;
        }
        const Slot& capability =
            space_->at(slot_ref(static_cast<std::uint32_t>(holder), static_cast<std::uint32_t>(slot)));
        return capability.kind == Kind::Frames && covers(capability, frame, count) &&
               (rights & ~capability.rights) == 0;
    };
    const std::uint64_t maker = frames.at(table + 1).first;
    if (entry.first != no_mapping && !lives(maker >> 16, maker & 0xffff, table, 2, right::Retype)) {
        return "a table of nobody: frame " + std::to_string(table);
    }
    const bool dma = entry.type == FrameType::DmaTable;
    const std::uint32_t end = !dma && entry.level == 4 ? 256 : 512;
    for (std::uint32_t i = 0; i < end; ++i) {
        const std::uint64_t word = frames.words(table)[i];
        if (word == 0 || (entry.level > 1 && (word & 0x80) == 0)) {
            continue;
        }
        const std::uint64_t note = frames.words(table + 1)[i];
        const std::uint64_t holder = dma ? word >> 52 & 0xff : entry.tenant;
        const Rights hardware = dma               ? static_cast<Rights>(word & 3)
                                : (word & 1) == 0 ? 0u
                                                  : right::Read | ((word & 2) != 0 ? right::Write : 0u) |
                                                        (word >> 63 == 0 ? right::Execute : 0u);
        const Rights needed = hardware | static_cast<Rights>(note >> 61) | (dma ? right::Dma : 0u);
        const std::uint64_t pages = entry.level == 1 ? 1 : 512;
        if (!lives(holder, note >> 45 & 0xffff, (word >> 12) & 0xff'ffff'ffff, pages, needed)) {
            return "an entry of nobody: frame " + std::to_string(table) + " entry " + std::to_string(i);
        }
    }
    return {};
}

Problem BindingPlay::authorised() const {
    for (std::uint64_t frame = 0; frame < frame_count; ++frame) {
        const FrameType type = machine_->frames.at(frame).type;
        if (type == FrameType::PageTable || type == FrameType::DmaTable) {
            if (Problem problem = authorised_table(frame)) {
                return problem;
            }
        }
    }
    return {};
}

Problem BindingPlay::step(ByteSource& source, std::size_t every) {
    play(source);
    if (++steps_ % every != 0 && !source.empty()) {
        return {};
    }
    if (Problem problem = family_problem(*space_, attached_)) {
        return problem;
    }
    if (Problem problem = books_problem(machine_->frames, Machine::kernel_word)) {
        return problem;
    }
    return authorised();
}

} // namespace exo::test
