// Plays a stream of bytes on capabilities and mappings together, as a kernel composes them: frames are mapped by
// capabilities, and a capability goes only after its bindings. Checks the one thing all of it is for: every
// entry that hardware could use is covered by a capability that lives.
#pragma once

#include "tests/unit/secure-bindings/byte_source.hpp"
#include "tests/unit/secure-bindings/family.hpp"
#include "tests/unit/secure-bindings/machine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exo::test {

class BindingPlay {
public:
    BindingPlay();

    using Problem = std::optional<std::string>;
    // One operation; what broke. Everything is looked over after every `every`-th and the last.
    Problem step(ByteSource& source, std::size_t every);

private:
    void play(ByteSource& source);
    void derive(ByteSource& source);
    void bind(ByteSource& source);
    void bind_dma(ByteSource& source);
    void add_table(ByteSource& source);
    void unbind(ByteSource& source);
    void protect(ByteSource& source);
    void revoke(ByteSource& source);
    void destroy(SlotRef ref);
    void break_bindings(SlotRef ref);
    SlotRef pick(ByteSource& source, std::uint32_t environment) const;
    Problem authorised() const;
    Problem authorised_table(std::uint64_t table) const;

    static constexpr std::uint64_t frame_count = 1024;
    static constexpr std::uint32_t first_environment = 3;
    static constexpr std::uint32_t environments = 2;
    std::unique_ptr<Machine> machine_ = std::make_unique<Machine>(frame_count);
    std::unique_ptr<CapabilitySpace> space_ = std::make_unique<CapabilitySpace>();
    std::vector<Slot> slots_[environments];
    std::vector<Attached> attached_;
    std::vector<Tree> trees_;
    std::uint16_t function_owner_ = first_environment;
    std::uint64_t table_frame_ = 64;
    std::size_t steps_ = 0;
};

} // namespace exo::test
