// Plays a stream of bytes as operations on a machine and on the naive model, and says where they differ.
// Used by the random test (bytes from a seed) and by the fuzzer.
#pragma once

#include "tests/unit/secure-bindings/byte_source.hpp"
#include "tests/unit/secure-bindings/machine.hpp"
#include "tests/unit/secure-bindings/mapping_model.hpp"

#include <memory>
#include <optional>
#include <string>

namespace exo::test {

class MappingPlay {
public:
    MappingPlay();

    using Problem = std::optional<std::string>;
    // One operation on both; what differed or broke. The books are looked over after every `every`-th and the last.
    Problem step(ByteSource& source, std::size_t every);

private:
    using Verdict = MappingModel::Verdict;

    Problem play(ByteSource& source);
    Problem play_map(ByteSource& source, std::size_t tree);
    Problem play_map_run(ByteSource& source, std::size_t tree);
    Problem play_unowned(ByteSource& source, std::size_t tree);
    Problem play_unmap(ByteSource& source, std::size_t tree);
    Problem play_unmap_run(ByteSource& source, std::size_t tree);
    Problem play_protect(ByteSource& source, std::size_t tree);
    Problem play_protect_run(ByteSource& source, std::size_t tree);
    Problem play_tables(ByteSource& source, std::size_t tree);
    Problem play_remove_table(ByteSource& source, std::size_t tree);
    Problem play_break(ByteSource& source);
    Problem play_retype(ByteSource& source);
    Problem play_tear_down(ByteSource& source, std::size_t tree);
    Problem compare_translations();
    MapRequest request_from(ByteSource& source, std::size_t tree);

    static constexpr std::uint64_t frame_count = 2048;
    std::unique_ptr<Machine> machine_ = std::make_unique<Machine>(frame_count);
    MappingModel model_{frame_count};
    std::optional<std::uint64_t> retyped_;
    std::uint64_t table_frame_ = 128;
    std::size_t steps_ = 0;
};

} // namespace exo::test
