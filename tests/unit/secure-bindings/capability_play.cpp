// The operations of a play and their comparison; see capability_play.hpp.
#include "tests/unit/secure-bindings/capability_play.hpp"

#include <algorithm>

namespace exo::test {

namespace {

using Problem = std::optional<std::string>;

std::string say(const std::optional<Error>& verdict) {
    return verdict ? error_name(*verdict) : "done";
}

Kind kind_from(ByteSource& source) {
    return source.one_of<Kind>({Kind::Frames, Kind::Frames, Kind::Frames, Kind::Slices, Kind::Environment,
                                Kind::Environment, Kind::Event, Kind::Gate, Kind::Machine, Kind::None});
}

Rights rights_from(ByteSource& source) {
    const std::uint8_t low = source.byte();
    return source.one_of<Rights>({right::all, right::all, right::all & ~right::Grant, right::all & ~right::Control,
                                  right::Grant | low, low, 1u << 14});
}

// Ranges within 0..15, now and then reaching out.
std::pair<std::uint64_t, std::uint64_t> range_from(ByteSource& source) {
    const std::uint8_t bits = source.byte();
    if (bits == 255) {
        return {~0ull - 2, 8};
    }
    if (bits == 254) {
        return {2, ~0ull};
    }
    if (bits % 2 == 0) {
        return {0, 16};
    }
    return {bits >> 1 & 7, bits >> 4};
}

} // namespace

CapabilityPlay::CapabilityPlay() {
    for (std::uint32_t environment = 0; environment < environments; ++environment) {
        tables_[environment].resize(slots);
        space_->attach(environment, tables_[environment]);
        attached_.push_back({environment, tables_[environment]});
    }
}

SlotRef CapabilityPlay::pick(ByteSource& source) const {
    if (nodes_.empty()) {
        return no_slot;
    }
    auto node = nodes_.begin();
    std::advance(node, source.byte() % nodes_.size());
    return node->first;
}

std::size_t CapabilityPlay::used_in(std::uint32_t environment) const {
    return std::count_if(nodes_.begin(), nodes_.end(),
                         [&](const auto& node) { return slot_environment(node.first) == environment; });
}

bool CapabilityPlay::below(SlotRef ref, SlotRef top) const {
    while (ref != no_slot && ref != top) {
        ref = nodes_.at(ref).parent;
    }
    return ref == top;
}

Problem CapabilityPlay::play_root(ByteSource& source) {
    const std::uint32_t environment = source.byte() % (environments + 1);
    const Kind kind = kind_from(source);
    const Rights rights = rights_from(source) & right::all;
    const auto [first, count] = range_from(source);
    std::optional<Error> expected;
    if (kind == Kind::None || count == 0 || first + count < first) {
        expected = Error::BadArgument;
    } else if (environment == environments || used_in(environment) == slots - 1) {
        expected = Error::TableFull;
    }
    const Result<SlotRef> result = space_->root(environment, kind, rights, first, count);
    const std::optional<Error> got = result ? std::optional<Error>() : result.error();
    if (expected != got) {
        return "root: expected " + say(expected) + ", got " + say(got);
    }
    if (result) {
        nodes_[*result] = {no_slot, {}, kind, rights, first, count, 0, {}, space_->handle_of(*result)};
    }
    return {};
}

std::optional<Error> CapabilityPlay::verdict(const Node& source, SlotRef ref, std::uint32_t environment, Kind kind,
                                             Rights rights, std::uint64_t first, std::uint64_t count) const {
    const auto within = [&](std::uint64_t from, std::uint64_t length) {
        return from >= source.first && length <= source.count && from - source.first <= source.count - length;
    };
    if (count == 0) {
        return Error::BadArgument;
    }
    if (kind == source.kind) {
        if ((rights & source.rights) != rights) {
            return Error::NoRight;
        }
        if (!within(first, count)) {
            return Error::OutOfRange;
        }
    } else if (source.kind == Kind::Environment && (kind == Kind::Event || kind == Kind::Gate)) {
        if ((source.rights & right::Control) == 0) {
            return Error::NoRight;
        }
        const std::uint64_t vcore = kind == Kind::Event ? (first & 0xffff'ffff) / 256 : (first & 0xffff'ffff) / 65536;
        if (count != 1 || !within(first / (1ull << 32), 1) || vcore >= max_vcores ||
            (kind == Kind::Event && first % 256 >= 64)) {
            return Error::OutOfRange;
        }
    } else {
        return Error::WrongKind;
    }
    if (environment != slot_environment(ref) && (source.rights & right::Grant) == 0) {
        return Error::NoRight;
    }
    if (source.depth == derivation_depth_max || environment >= environments || used_in(environment) == slots - 1) {
        return Error::TableFull;
    }
    return {};
}

Problem CapabilityPlay::play_derive(ByteSource& source) {
    const SlotRef from = pick(source);
    if (from == no_slot) {
        return {};
    }
    const std::uint8_t how = source.byte();
    const std::uint32_t environment = how % 4 < 2 ? slot_environment(from) : how / 4 % (environments + 1);
    const Kind kind = how < 224 && nodes_[from].kind != Kind::Environment ? nodes_[from].kind : kind_from(source);
    const Rights rights = how % 8 < 4 ? nodes_[from].rights : rights_from(source);
    auto [first, count] = how % 16 < 8 ? std::pair(nodes_[from].first, nodes_[from].count) : range_from(source);
    if (kind == Kind::Event || kind == Kind::Gate) {
        if (nodes_[from].kind == Kind::Environment) {
            first = first << 32 | source.one_of<std::uint64_t>({0, 63, 64, 0x1ff'00, 0x200'00, 0x1ff'0000, 0x200'0000});
        }
        count = how == 0 ? 2 : 1;
    }
    const std::optional<Error> expected = verdict(nodes_[from], from, environment, kind, rights, first, count);
    const Result<SlotRef> result = space_->derive(from, environment, kind, rights, first, count);
    const std::optional<Error> got = result ? std::optional<Error>() : result.error();
    if (expected != got) {
        return "derive: expected " + say(expected) + ", got " + say(got);
    }
    if (result) {
        const Rights most =
            kind == nodes_[from].kind ? right::all : right::Grant | (kind == Kind::Event ? right::Signal : right::Call);
        nodes_[*result] = {from,
                           {},
                           kind,
                           rights & most,
                           first,
                           count,
                           nodes_[from].depth + 1,
                           nodes_[from].asked,
                           space_->handle_of(*result)};
        nodes_[from].children.insert(*result);
    }
    return {};
}

Problem CapabilityPlay::play_remove(ByteSource& source) {
    SlotRef top = pick(source);
    if (top == no_slot) {
        return {};
    }
    for (int left = source.byte() % 4; left >= 0; --left) {
        const SlotRef leaf = space_->next_leaf(top);
        if (!nodes_.contains(leaf) || !nodes_[leaf].children.empty() || !below(leaf, top)) {
            return "next_leaf: no leaf below";
        }
        stale_.push_back({slot_environment(leaf), nodes_[leaf].handle});
        if (stale_.size() > stale_max) {
            stale_.pop_front();
        }
        if (const SlotRef parent = nodes_[leaf].parent; parent != no_slot) {
            nodes_[parent].children.erase(leaf);
        }
        nodes_.erase(leaf);
        space_->remove(leaf);
        if (leaf == top) {
            break;
        }
    }
    return {};
}

Problem CapabilityPlay::play_ask_back(ByteSource& source) {
    const SlotRef top = pick(source);
    if (top == no_slot) {
        return {};
    }
    const std::uint64_t deadline = 100 + source.byte() % 4;
    const std::size_t limit = source.byte() % 8;
    std::set<SlotRef> told;
    Problem problem;
    const Status status = space_->ask_back(top, deadline, limit, [&](SlotRef ref) {
        if (!nodes_.contains(ref) || ref == top || !below(ref, top) || slot_environment(ref) == slot_environment(top) ||
            nodes_[ref].asked == deadline || !told.insert(ref).second) {
            problem = "ask_back: told the wrong one";
            return;
        }
        nodes_[ref].asked = deadline;
    });
    if (!problem && told.size() > limit) {
        problem = "ask_back: beyond its limit";
    }
    if (!problem && !status && (limit >= nodes_.size() || status.error() != Error::Again)) {
        problem = "ask_back: Again without need";
    }
    return problem;
}

Problem CapabilityPlay::play_find(ByteSource& source) {
    const SlotRef ref = pick(source);
    if (ref == no_slot) {
        return {};
    }
    const Node& node = nodes_[ref];
    const std::uint8_t twist = source.byte();
    const Rights rights = source.byte() % 2 == 0 ? node.rights : rights_from(source);
    const Kind kind = source.byte() % 2 == 0 ? node.kind : kind_from(source);
    const Handle handle = twist < 128 ? node.handle : node.handle ^ 1ull << twist % 64;
    const Result<SlotRef> result = space_->find(slot_environment(ref), handle, kind, rights);
    if (result && handle != node.handle) {
        const auto other = nodes_.find(*result);
        return other == nodes_.end() || other->second.handle != handle ? Problem("find: forged") : Problem();
    }
    if (handle == node.handle) {
        const bool fits = (kind == Kind::None || kind == node.kind) && (rights & ~node.rights) == 0;
        if (result.has_value() != fits || (fits && *result != ref)) {
            return "find: wrong answer";
        }
    }
    const bool foreign = std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& other) {
        return other.first != ref && slot_environment(other.first) != slot_environment(ref) && below(other.first, ref);
    });
    const Result<bool> answer = space_->has_foreign_descendant(ref, nodes_.size());
    return !answer || *answer != foreign ? Problem("has_foreign_descendant: wrong answer") : Problem();
}

Problem CapabilityPlay::compare() {
    if (Problem problem = family_problem(*space_, attached_)) {
        return problem;
    }
    std::size_t used = 0;
    for (const Attached& table : attached_) {
        used +=
            std::count_if(table.slots.begin(), table.slots.end(), [](const Slot& s) { return s.kind != Kind::None; });
    }
    if (used != nodes_.size()) {
        return "another number of capabilities";
    }
    for (const auto& [ref, node] : nodes_) {
        const Slot& slot = space_->at(ref);
        if (slot.kind != node.kind || slot.rights != node.rights || slot.first != node.first ||
            slot.count != node.count || slot.depth != node.depth || slot.parent != node.parent ||
            (slot.revoking != 0) != node.asked.has_value() || slot.deadline_tsc != node.asked.value_or(0) ||
            space_->handle_of(ref) != node.handle) {
            return "a capability is not as it was made";
        }
    }
    for (const auto& [environment, handle] : stale_) {
        if (space_->find(environment, handle, Kind::None, 0).has_value()) {
            return "a stale handle names something";
        }
    }
    return {};
}

Problem CapabilityPlay::play(ByteSource& source) {
    switch (source.byte() % 10) {
    case 0:
        return play_root(source);
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
        return play_derive(source);
    case 6:
        return play_remove(source);
    case 7:
    case 8:
        return play_ask_back(source);
    default:
        return play_find(source);
    }
}

Problem CapabilityPlay::step(ByteSource& source) {
    if (Problem problem = play(source)) {
        return problem;
    }
    return compare();
}

} // namespace exo::test
