// Plays a stream of bytes as operations on the capability tree of four environments and on a naive model (a map of
// nodes with sets of children), and says where they differ. Used by the random test and by the fuzzer.
#pragma once

#include "tests/unit/secure-bindings/byte_source.hpp"
#include "tests/unit/secure-bindings/family.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace exo::test {

class CapabilityPlay {
public:
    CapabilityPlay();

    using Problem = std::optional<std::string>;
    // One operation on both; what differed or broke. The tree is looked over after each.
    Problem step(ByteSource& source);

private:
    struct Node {
        SlotRef parent;
        std::set<SlotRef> children;
        Kind kind;
        Rights rights;
        std::uint64_t first;
        std::uint64_t count;
        unsigned depth;
        std::optional<std::uint64_t> asked;
        Handle handle;
    };

    SlotRef pick(ByteSource& source) const;
    std::size_t used_in(std::uint32_t environment) const;
    bool below(SlotRef ref, SlotRef top) const;
    std::optional<Error> verdict(const Node& source, SlotRef ref, std::uint32_t environment, Kind kind, Rights rights,
                                 std::uint64_t first, std::uint64_t count) const;

    Problem play(ByteSource& source);
    Problem play_root(ByteSource& source);
    Problem play_derive(ByteSource& source);
    Problem play_remove(ByteSource& source);
    Problem play_ask_back(ByteSource& source);
    Problem play_find(ByteSource& source);
    Problem compare();

    static constexpr std::uint32_t environments = 4;
    static constexpr std::size_t slots = 24;
    static constexpr std::size_t stale_max = 50;
    std::unique_ptr<CapabilitySpace> space_ = std::make_unique<CapabilitySpace>();
    std::vector<Slot> tables_[environments];
    std::vector<Attached> attached_;
    std::map<SlotRef, Node> nodes_;
    std::deque<std::pair<std::uint32_t, Handle>> stale_; // the last few that were removed
};

} // namespace exo::test
