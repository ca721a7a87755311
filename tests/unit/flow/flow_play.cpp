// The model: every rule by definition, however slow.
#include "tests/unit/flow/flow_play.hpp"

#include "secure-bindings/flow/flow_spec.hpp"
#include "tests/unit/flow/flow_choices.hpp"

namespace exo::test {

namespace {

// Whether a spec says anything of the far side.
bool narrowed_far(const FlowSpec& spec) {
    return !same_remote_side(spec, every_packet(0));
}

} // namespace

FlowPlay::FlowPlay() : open_(flows) {}

FlowNumber FlowPlay::any_flow(ByteSource& source) const {
    const std::uint8_t choice = source.byte();
    if (members_.empty() || choice == 255) {
        return choice; // mostly not a flow
    }
    auto at = members_.begin();
    std::advance(at, choice % members_.size());
    return at->first;
}

bool FlowPlay::descends(FlowNumber flow, FlowNumber from) const {
    while (flow != from && flow != no_flow) {
        flow = members_.at(flow).parent;
    }
    return flow == from;
}

std::optional<Error> FlowPlay::verdict(FlowNumber parent, const FlowSpec& spec) const {
    const auto at = members_.find(parent);
    if (at == members_.end()) {
        return Error::OutOfRange;
    }
    const Member& from = at->second;
    if (!well_formed(spec)) {
        return Error::BadArgument;
    }
    if (!includes(from.spec, spec)) {
        return Error::OutOfRange;
    }
    if ((narrowed_far(from.spec) || narrowed_far(spec)) && !same_local_side(from.spec, spec)) {
        return Error::BadArgument;
    }
    for (const auto& [number, member] : members_) {
        if (member.closing && descends(parent, number)) {
            return Error::WrongState;
        }
    }
    for (const auto& [number, member] : members_) {
        if (number != parent && !descends(parent, number) && overlaps(member.spec, spec) &&
            open_.book.at(number).nic == open_.book.at(parent).nic) {
            return Error::Occupied;
        }
    }
    if (from.depth >= flow_depth_max || from.budget_left < 1 + std::uint64_t{spec.budget}) {
        return Error::TableFull;
    }
    return std::nullopt;
}

std::optional<std::string> FlowPlay::play_narrow(ByteSource& source) {
    const FlowNumber parent = any_flow(source);
    const auto at = members_.find(parent);
    FlowSpec spec = at != members_.end() ? at->second.spec : every_packet(0);
    const unsigned changes = source.byte() % 4;
    for (unsigned i = 0; i < changes; ++i) {
        narrow_somehow(spec, source);
    }
    spec.budget = source.byte() % 32 == 0 ? 0xffff'ffffu : source.byte() % 12;
    const std::optional<Error> wanted = verdict(parent, spec);
    const Result<FlowNumber> made = open_.book.narrow(parent, spec);
    if (made.has_value() == wanted.has_value() || (wanted && made.error() != *wanted)) {
        return std::string("narrow said ") + (made ? "a flow" : error_name(made.error())) + ", the model " +
               (wanted ? error_name(*wanted) : "a flow");
    }
    if (!made) {
        counts_.bad += *wanted == Error::BadArgument;
        counts_.outside += *wanted == Error::OutOfRange;
        counts_.occupied += *wanted == Error::Occupied;
        counts_.full += *wanted == Error::TableFull;
        counts_.closing += *wanted == Error::WrongState;
        return std::nullopt;
    }
    if (members_.contains(*made)) {
        return "narrow gave a number that was in use";
    }
    ++counts_.narrowed;
    Member& from = members_.at(parent);
    from.budget_left -= 1 + spec.budget;
    members_[*made] = {spec, parent, spec.budget, from.depth + 1, false};
    return std::nullopt;
}

void FlowPlay::forget(FlowNumber flow) {
    const Member gone = members_.at(flow);
    members_.erase(flow);
    ++counts_.removed;
    if (gone.parent != no_flow) {
        members_.at(gone.parent).budget_left += 1 + gone.spec.budget;
        return;
    }
    unpromised_ += std::size_t{1} + gone.spec.budget;
    std::erase_if(roots_, [&](const auto& root) { return root.second == flow; });
}

std::optional<std::string> FlowPlay::play_remove(ByteSource& source) {
    const FlowNumber flow = any_flow(source);
    const std::size_t limit = source.byte() % 16;
    const bool exists = members_.contains(flow);
    std::size_t below = 0;
    for (const auto& [number, member] : members_) {
        below += exists && descends(number, flow);
    }
    std::vector<FlowNumber> told;
    const Status status = open_.book.remove(flow, limit, [&](FlowNumber gone) { told.push_back(gone); });
    if (!exists) {
        return status || status.error() != Error::OutOfRange ? std::optional("a flow that is none was removed")
                                                             : std::nullopt;
    }
    members_.at(flow).closing = true;
    for (const FlowNumber gone : told) {
        if (!members_.contains(gone) || !descends(gone, flow)) {
            return "something else was removed";
        }
        for (const auto& [number, member] : members_) {
            if (member.parent == gone) {
                return "a flow went before its children";
            }
        }
        forget(gone);
    }
    if (told.size() != std::min(limit, below) || status.has_value() != (limit >= below)) {
        return "remove did not do what its limit says";
    }
    return std::nullopt;
}

std::optional<std::string> FlowPlay::play_nic(ByteSource& source) {
    const std::uint16_t nic = source.byte() % 3;
    const std::uint32_t budget = source.byte() % 64;
    const bool wanted = !roots_.contains(nic) && 1 + budget <= unpromised_;
    const Result<FlowNumber> root = open_.book.add_nic(nic, budget);
    if (root.has_value() != wanted) {
        return "add_nic and the model differ";
    }
    if (root) {
        unpromised_ -= 1 + budget;
        roots_[nic] = *root;
        members_[*root] = {every_packet(budget), no_flow, budget, 0, false};
    }
    return std::nullopt;
}

FlowNumber FlowPlay::owner(FlowNumber root, const FlowKey& key) const {
    FlowNumber best = root;
    for (const auto& [number, member] : members_) {
        if (descends(number, root) && matches(member.spec, key) && member.depth > members_.at(best).depth) {
            best = number;
        }
    }
    return best;
}

std::optional<std::string> FlowPlay::look_up(ByteSource& source) {
    const FlowKey key = any_key(source);
    for (const auto& [nic, root] : roots_) {
        const FlowNumber found = open_.book.lookup(nic, key), wanted = owner(root, key);
        if (found != wanted) {
            return "a packet went to flow " + std::to_string(found) + " and not to " + std::to_string(wanted);
        }
        ++counts_.lookups;
        counts_.below_root += found != root;
        counts_.far_found += narrowed_far(members_.at(found).spec);
    }
    return std::nullopt;
}

std::optional<std::string> FlowPlay::step(ByteSource& source) {
    const std::uint8_t choice = source.byte() % 16;
    std::optional<std::string> problem;
    if (choice < 13) {
        problem = play_narrow(source);
    } else if (choice < 15) {
        problem = play_nic(source);
    } else {
        problem = play_remove(source);
    }
    for (unsigned i = 0; !problem && i < 4; ++i) {
        problem = look_up(source);
    }
    for (const auto& [number, member] : members_) {
        if (!problem && (!open_.book.is_flow(number) || open_.book.at(number).budget_left != member.budget_left)) {
            problem = "flow " + std::to_string(number) + " is gone, or its budget is wrong";
        }
    }
    if (!problem && (open_.book.count() != members_.size() || open_.book.unpromised() != unpromised_)) {
        problem = "the book counts differently";
    }
    return problem;
}

std::optional<std::string> FlowPlay::finish() {
    while (!roots_.empty()) {
        if (!open_.book.remove(roots_.begin()->second, flows)) {
            return "not all could be removed";
        }
        roots_.erase(roots_.begin());
    }
    if (open_.book.count() != 0 || open_.book.unpromised() != flows - 1) {
        return "records were lost";
    }
    if (open_.book.tables().free_nodes() != open_.memory.tables.nodes.size() - 1 ||
        open_.book.tables().free_places() != open_.memory.tables.places.size() - 1) {
        return "nodes or places were lost";
    }
    return std::nullopt;
}

} // namespace exo::test
