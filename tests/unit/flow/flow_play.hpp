// Plays random operations on a flow book against a model that is a plain list of specs: what may be narrowed, whose a
// packet is and what is left of each budget is said by definition, by looking at all of them. Unit tests feed it from a
// seeded generator, the fuzzer from its input.
#pragma once

#include "tests/unit/flow/specs.hpp"
#include "tests/unit/secure-bindings/byte_source.hpp"

#include <map>
#include <optional>
#include <string>

namespace exo::test {

class FlowPlay {
public:
    FlowPlay();
    // One operation and a look at some packets; what is wrong, in words, or nothing.
    std::optional<std::string> step(ByteSource& source);
    // Removes everything and looks for what was lost.
    std::optional<std::string> finish();

    // How often each thing happened, so that a test can see that it did.
    struct Counts {
        std::size_t narrowed = 0, bad = 0, outside = 0, occupied = 0, full = 0, closing = 0;
        std::size_t removed = 0, lookups = 0, below_root = 0, far_found = 0;
    };
    const Counts& counts() const { return counts_; }

private:
    struct Member {
        FlowSpec spec;
        FlowNumber parent;
        std::uint32_t budget_left;
        unsigned depth;
        bool closing;
    };
    std::optional<std::string> play_narrow(ByteSource& source);
    std::optional<std::string> play_remove(ByteSource& source);
    std::optional<std::string> play_nic(ByteSource& source);
    std::optional<std::string> look_up(ByteSource& source);
    FlowNumber any_flow(ByteSource& source) const;
    std::optional<Error> verdict(FlowNumber parent, const FlowSpec& spec) const;
    bool descends(FlowNumber flow, FlowNumber from) const;
    FlowNumber owner(FlowNumber root, const FlowKey& key) const;
    void forget(FlowNumber flow);

    static constexpr std::size_t flows = 64;
    OpenBook open_;
    std::map<FlowNumber, Member> members_;
    std::map<std::uint16_t, FlowNumber> roots_;
    std::size_t unpromised_ = flows - 1;
    Counts counts_;
};

} // namespace exo::test
